// What must be noticed while another window is in front: notifications of the system, where the person allows them.

/** Call from a click: browsers ask the person only then. */
export function allowNotices() {
  if (!("Notification" in window) || Notification.permission !== "default") return;
  Promise.resolve(Notification.requestPermission()).catch(() => undefined);
}

/** @param {string} title @param {string} body */
export function notice(title, body) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(title, { body, tag: "hearing" });
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
    });
  } catch {
    // some phones let only service workers notify: sound and title must do
  }
}
