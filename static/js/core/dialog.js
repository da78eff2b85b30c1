// <dialog> opened by data-dialog-open="<id>" and closed by data-dialog-close; the browser does the rest.

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target : null;
  const opener = pressed?.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute("data-dialog-open") ?? "");
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }
  pressed?.closest("[data-dialog-close]")?.closest("dialog")?.close();
});
