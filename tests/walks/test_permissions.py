"""Every route says who may open it."""

from __future__ import annotations

from quart import Quart

from app.web import access
from models.rules.people import Role

PUBLIC = {
    *("home.index", "home.accessibility", "home.privacy", "health.alive", "health.ready", "static"),
    "home.manifest",
    "guidance.guide",
    "agenda.board",  # numbers only, for who has no session
    "metrics.metrics",  # asks for the loopback or its own token
    *("accounts.register_page", "accounts.register", "accounts.confirm_page", "accounts.confirm"),
    *("accounts.resend", "accounts.sign_in_page", "accounts.sign_in", "accounts.sign_out"),
    *("accounts.recover_page", "accounts.recover", "accounts.new_password_page", "accounts.new_password"),
    *("second_factor.ask", "second_factor.answer"),  # the signed note of the first step is the key
    *("counter.worker", "counter.continue_page"),
    *("counter.claim_page", "counter.claim"),  # the code and the CPF are the key
    *("news.worker", "news.unsubscribe_page", "news.unsubscribe"),  # the signed token is the key
    *("seat_links.show", "seat_links.enter", "seat_links.ask_again"),  # the token is the key
    *("fulfilment.ask", "fulfilment.answer"),  # the token is the key
    *("notices.show", "notices.claim", "verification.index", "verification.show", "verification.check"),
    *("api.agency", "api.problems", "api.openapi"),
    *("development.outbox_page", "development.letter_page", "development.attachment"),
}
"""What is open to the whole internet, written down a second time: opening a further route takes two hands."""


def test_every_route_has_a_permission_and_the_open_ones_are_known(whole_site: Quart) -> None:
    permissions = access.permissions(whole_site)
    assert {endpoint for endpoint, roles in permissions.items() if roles is None} == PUBLIC


def test_no_route_is_for_nobody_and_the_auditor_changes_nothing(whole_site: Quart) -> None:
    permissions = access.permissions(whole_site)
    assert all(roles is None or roles for roles in permissions.values())
    everybody = frozenset(Role)
    for rule in whole_site.url_map.iter_rules():
        roles = permissions[rule.endpoint]
        if "GET" not in (rule.methods or ()) and roles is not None and roles != everybody:
            assert Role.AUDITOR not in roles or rule.endpoint in {"cases.add_note"}, rule.endpoint
