"""What a copied case says against what its record bound: texts, signatures, agreements, the notice's service.

``data`` is the copy's ``caso.json`` and ``events`` the lines of its record, both as JSON values. Every check
answers sentences in Portuguese, none when all fits. A copy of before a kind of row was copied lacks its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.i18n import gettext as _
from models.rules.agreement import text_hash
from models.rules.evidence import (
    COMPLAINT_TEXT,
    CONFLICT_TEXT,
    SignatureEvidence,
    complaint_words,
    digest,
    offer_name,
    old_offer_words,
    statement_name,
)

Row = Mapping[str, Any]
_OFFERED = ("offer_made", "offer_countered")
_OFFER_ENDS = {
    "offer_accepted": "accepted",
    "offer_refused": "refused",
    "offer_withdrawn": "withdrawn",
    "offer_expired": "expired",
}
_OBLIGATION_SAID = {"obligation_kept": "kept", "agreement_broken": "broken", "obligation_silent": "silent"}


def wrong_words(data: Row, events: Sequence[Row]) -> list[str]:
    """Everything in the copy's rows that its record contradicts."""
    return [
        *_texts(data, events),
        *_hearings(data, events),
        *_offers(data, events),
        *_obligations(data, events),
        *_deliveries(data, events),
    ]


def wrong_recordings(recordings: Iterable[Row], events: Sequence[Row]) -> list[str]:
    """Recordings whose hash in the manifest is not the one that the record wrote down."""
    bound = {_fact(one, "recording"): one["facts"]["sha256"] for one in _named(events, "recording_ready")}
    return [
        _("o SHA-256 da gravação %(id)s não é o que o registro guardou.") % {"id": row["id"]}
        for row in recordings
        if row["id"] in bound and row["sha256"] != bound[row["id"]]
    ]


def _texts(data: Row, events: Sequence[Row]) -> Iterator[str]:
    """What was written is what the event that brought it into the case bound."""
    found = _written(data)
    for event in events:
        facts = event.get("facts") or {}
        bound = dict(facts.get("texts") or {})
        if "sha256" in facts and "message" in facts:
            bound[f"message/{facts['message']}"] = facts["sha256"]
        for name, expected in bound.items():
            words = found.get(name)
            if words is None or expected not in {digest(one) for one in words}:
                sentence = _("o texto do evento %(seq)s (%(name)s) falta ou não é o que foi registrado.")
                yield sentence % {"seq": event["seq"], "name": name}


def _written(data: Row) -> dict[str, list[str | Row]]:
    """The words of a copy, by the names by which events bind them."""
    complaint = complaint_words(data["fatos"], data["pedido"], data["ocorrido_em"], data["valor_centavos"])
    found: dict[str, list[str | Row]] = {COMPLAINT_TEXT: [complaint], CONFLICT_TEXT: [data["conflito"]]}
    for row in data["manifestacoes"]:
        found[statement_name(row["id"])] = [row["text"]]
    for row in data["propostas"]:
        found[offer_name(row["id"])] = [row["final_text"], *_old_words(row)]
    for hearing in data["audiencias"]:
        found |= {f"message/{said['id']}": [said["text"]] for said in hearing["conversa"]}
    return found


def _old_words(offer: Row) -> list[Row]:
    """An offer of before ADR 0070 has no signature; what bound it were the words of its one obligation."""
    clauses = offer.get("clausulas") or []
    if offer["assinaturas"] or len(clauses) != 1:
        return []
    (one,) = clauses
    return [old_offer_words(one["text"], one["amount_cents"], one["instalments"], one["due_on"])]


def _hearings(data: Row, events: Sequence[Row]) -> Iterator[str]:
    """The final text of a hearing is the one that was frozen and signed, each signature as recorded."""
    for hearing in data["audiencias"]:
        own = [one for one in events if _fact(one, "hearing") == hearing["id"]]
        current = hearing["text_hash"]
        if current and text_hash(hearing["final_text"]) != current:
            yield _("o texto final da audiência não é o que foi assinado.")
        frozen = [one["facts"]["text_hash"] for one in _named(own, "text_frozen")]
        if current and current not in frozen[-1:]:
            yield _("o texto final da audiência não é o que o registro fechou.")
        yield from _signatures(hearing["assinaturas"], own, current)


def _signatures(signatures: Sequence[Row], own: Sequence[Row], current: str) -> Iterator[str]:
    signed = list(_named(own, "text_signed"))
    recorded = {(one["actor"], one["facts"]["text_hash"]): one["facts"] for one in signed}
    for signature in signatures:
        facts = recorded.get((signature["user_id"], signature["text_hash"]))
        if facts is None:
            yield _("há assinatura que o registro não conhece.")
        elif not _proved(signature, facts):
            yield _("a prova de uma assinatura não é a que o registro guardou.")
    there = {(one["user_id"], one["text_hash"]) for one in signatures}
    last = max((one["seq"] for one in _named(own, "text_frozen")), default=0)
    for one in signed:
        key = (one["actor"], one["facts"]["text_hash"])
        if one["seq"] > last and key[1] == current and key not in there:
            yield _("falta a assinatura do evento %(seq)s.") % {"seq": one["seq"]}


def _offers(data: Row, events: Sequence[Row]) -> Iterator[str]:
    """Each offer was made, and ended, as the record says, and both signatures are those of its text."""
    for offer in data["propostas"]:
        told = {"id": offer["id"]}
        own = [one for one in events if _fact(one, "offer") == offer["id"]]
        made = next(_named(own, *_OFFERED), None)
        if made is None:
            yield _("há uma proposta que o registro não conhece: %(id)s.") % told
            continue
        ends = [_OFFER_ENDS[one["name"]] for one in _named(own, *_OFFER_ENDS)]
        ended = offer["state"] in _OFFER_ENDS.values()
        if offer["state"] not in ends[-1:] if ended or ends else False:
            yield _("a situação da proposta %(id)s não é a do registro.") % told
        yield from _offer_signatures(offer, made, next(_named(own, "offer_accepted"), None))


def _offer_signatures(offer: Row, made: Row, accepted: Row | None) -> Iterator[str]:
    told = {"id": offer["id"]}
    signatures = {one["role"] == offer["side"]: one for one in offer["assinaturas"]}
    if len(signatures) != len(offer["assinaturas"]):
        yield _("há assinaturas demais na proposta %(id)s.") % told
    for of_author, event in ((True, made), (False, accepted)):
        signature = signatures.get(of_author)
        facts = event["facts"] if event else {}
        if signature is None:
            if "evidence" in facts:
                yield _("falta uma assinatura da proposta %(id)s.") % told
        elif event is None or event["actor"] != signature["user_id"]:
            yield _("há na proposta %(id)s uma assinatura que o registro não conhece.") % told
        elif signature["text_hash"] != facts.get("words", text_hash(offer["final_text"])):
            yield _("uma assinatura da proposta %(id)s é de outro texto.") % told
        elif signature["method"] != facts.get("method", signature["method"]) or not _proved(signature, facts):
            yield _("a prova de uma assinatura da proposta %(id)s não é a que o registro guardou.") % told
    words = (accepted or {"facts": {}})["facts"].get("words")
    if words and words != text_hash(offer["final_text"]):
        yield _("o texto da proposta %(id)s não é o que foi aceito.") % told


def _proved(signature: Row, facts: Row) -> bool:
    """Whether a signature's evidence is what the record bound; a party's copy does not hold all of it."""
    if "address" not in signature or "evidence" not in facts:
        return True
    evidence = SignatureEvidence(
        user=signature["user_id"],
        role=signature["role"],
        text_hash=signature["text_hash"],
        method=signature["method"],
        address=signature["address"],
        device=signature["device"],
        at=datetime.fromisoformat(signature["at"]),
    )
    return evidence.digest() == str(facts["evidence"])


def _obligations(data: Row, events: Sequence[Row]) -> Iterator[str]:
    """What is said of each obligation of an agreement is what was said of it last in the record."""
    said = {
        _fact(one, "obligation"): _OBLIGATION_SAID[one["name"]] for one in _named(events, *_OBLIGATION_SAID)
    }
    for row in data.get("obrigacoes", ()):
        if row["state"] != said.get(row["id"], "pending"):
            yield _("a situação da obrigação %(id)s não é a do registro.") % {"id": row["id"]}


def _deliveries(data: Row, events: Sequence[Row]) -> Iterator[str]:
    """Each attempt to serve a notice was begun, and came as far, as the record says."""
    told = {_fact(one, "delivery"): "queued" for one in _named(events, "notice_served")}
    told |= {_fact(one, "delivery"): one["facts"]["status"] for one in _named(events, "notice_tracked")}
    for row in data.get("entregas", ()):
        if row["status"] != told.get(row["id"]):
            yield _("a situação da entrega %(id)s não é a do registro.") % {"id": row["id"]}
    copied = {row["id"] for row in data.get("entregas", ())}
    if "entregas" in data:
        for number in told.keys() - copied:
            yield _("falta a entrega %(id)s, que o registro conhece.") % {"id": number}


def _named(events: Iterable[Row], *names: str) -> Iterator[Row]:
    return (one for one in events if one.get("name") in names)


def _fact(event: Row, name: str) -> Any:
    return (event.get("facts") or {}).get(name)
