"""The words of the ledger: means of service, how far an attempt came, and who somebody speaks as."""

from __future__ import annotations

from app.i18n import N_
from models import Power
from models.rules.delivery import Channel, DeliveryStatus

CHANNELS = {
    Channel.PORTAL: N_("Portal"),
    Channel.EMAIL: N_("E-mail"),
    Channel.LETTER: N_("Carta com AR"),
    Channel.PUBLICATION: N_("Publicação oficial"),
    Channel.IN_PERSON: N_("Em mãos"),
}
STATUSES = {
    DeliveryStatus.QUEUED: N_("preparada"),
    DeliveryStatus.SENT: N_("enviada"),
    DeliveryStatus.DELIVERED: N_("entregue"),
    DeliveryStatus.OPENED: N_("aberta"),
    DeliveryStatus.ACKNOWLEDGED: N_("ciência declarada"),
    DeliveryStatus.FAILED: N_("não entregue"),
}
TONES = {
    DeliveryStatus.QUEUED: "neutral",
    DeliveryStatus.SENT: "info",
    DeliveryStatus.DELIVERED: "info",
    DeliveryStatus.OPENED: "success",
    DeliveryStatus.ACKNOWLEDGED: "success",
    DeliveryStatus.FAILED: "danger",
}
POWERS = {
    Power.OWNER: N_("Sócio ou titular"),
    Power.AGENT: N_("Preposto (carta de preposição)"),
    Power.LAWYER: N_("Advogado (procuração)"),
}
