"""The Google Meet gateway token: a certificate request, the key and the certificate."""

from __future__ import annotations

from typing import ClassVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from bot.backends.pexip.conversion import unfolded
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.tasks.base import Task, only
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BadInput
from bot.forms import Field, FieldKind
from bot.reply import Code, Line, Strong, text

KEY, CERTIFICATE = "private_key", "certificate"


class GoogleMeet(Task):
    """gms_gateway_token, of which there is one (seeds/002)."""

    resource = "gms_gateway_token"
    subject: ClassVar = Subject(
        "googlemeet",
        "Google Meet gateway token",
        (
            Operation("csr", "Show the certificate request; makes a key when there is none", changes=False),
            Operation(
                "upload",
                "Upload the private key, the certificate or both",
                fields=(
                    Field(KEY, FieldKind.LINES, "the PEM text; leave it out when the node made the key", secret=True),
                    Field(CERTIFICATE, FieldKind.LINES, "the PEM text"),
                ),
                example='certificate="-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----"',
            ),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """The request to be signed. The node answers it with the object itself."""
        token = await self.transport.read(configuration(self.resource).one("1"), what="a Google Meet gateway token")
        csr = str(token.get("csr") or "").strip()
        has = "There is a certificate." if token.get(CERTIFICATE) else "There is no certificate yet."
        if not csr:
            return Sheet("Google Meet gateway token", (Line(text(f"This node shows no certificate request. {has}")),))
        note = "A key that the node made for it can never be taken out."
        return Sheet(
            "Google Meet gateway token: request", (Line(text(Code(csr))), Line(text(f"{has} {note}"), quiet=True))
        )

    async def plan(self, wish: Wish) -> Plan:
        """upload."""
        values = {name: word for name, word in only(wish.values, wish.operation).items() if word.strip()}
        if not values:
            raise BadInput(f"Give {KEY}=, {CERTIFICATE}= or both.")
        body = {name: unfolded(word) for name, word in values.items()}
        key = _key(body[KEY]) if KEY in body else None
        certificate = _certificate(body[CERTIFICATE]) if CERTIFICATE in body else None
        if key and certificate and _public(key) != _public(certificate):
            raise BadInput("That certificate was made for another key; nothing was sent.")
        what = " and ".join(_described(name, certificate) for name in body)

        async def act(hands: Hands) -> Done:
            one = configuration(self.resource).one("1")
            await self.transport.change(one, body, what="a Google Meet gateway token")
            return Done(f"Uploaded {what} to the Google Meet gateway token.", "accepted")

        return Plan(
            text("Upload ", Strong(what), " to the Google Meet gateway token"), act, (), values, frozenset({KEY})
        )


def _key(pem: str) -> CertificateIssuerPrivateKeyTypes:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(f"{KEY}= is not an unencrypted private key in PEM form.") from None
    return key  # type: ignore[return-value]


def _certificate(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(pem.encode())[0]
    except (ValueError, IndexError):
        raise BadInput(f"{CERTIFICATE}= is not a certificate in PEM form.") from None


def _public(of: CertificateIssuerPrivateKeyTypes | x509.Certificate) -> bytes:
    return of.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _described(name: str, certificate: x509.Certificate | None) -> str:
    if name == KEY or certificate is None:
        return "a private key"
    until = certificate.not_valid_after_utc.date().isoformat()
    return f"the certificate of {certificate.subject.rfc4514_string() or 'nobody'}, good until {until}"
