"""Signing in through the force's identity provider: OpenID Connect's code flow with PKCE (ASVS 5.0, 10.1 to 10.5).

begin: state, nonce and verifier out of the browser's own token → the provider's page
finish: the provider's answer | state | code for tokens | the ID token, checked in full → the key of a person

Nothing is kept between the two: all three come by HMAC from the token in the browser's cookie and a salt that travels in the
state. A person's key is the tenant and object id where there are such (Entra ID), else issuer and subject; never an address,
which may be given to somebody else.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "PS256", "ES256")
"""What a provider may sign with. Never `none`, and never with a secret that both know."""
LEEWAY = 60
"""Seconds that two hosts' clocks may differ."""
OLDEST = 300
"""Seconds since the ID token was made: it is fetched at once."""
KEPT = 3600.0
"""Seconds that the provider's description and keys are kept."""
PATIENCE = 10.0


class NotSignedIn(Exception):
    """The provider's answer is not to be believed, or says no. The words are for the log: they repeat nothing of it."""


class ProviderAway(Exception):
    """The identity provider does not answer, or not with what it should."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for: the key of the person, and where they wanted to go.

    `methods` says how it asked them (`amr`, `acr`), `asked_at` when (seconds since 1970; None where it does not say).
    """

    subject: str
    to: str
    methods: frozenset[str]
    asked_at: float | None


@dataclass(slots=True)
class Provider:
    """One identity provider. `issuer` is compared letter by letter; its description is asked for when first needed."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    https_only: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _known: dict[str, Any] = field(default_factory=dict, repr=False)
    _keys: KeySet | None = field(default=None, repr=False)
    _until: float = 0.0

    # ── out ──
    def begin(self, token: str, back: str, to: str, *, again: bool = False) -> str:
        """Where to send the browser that has this token. `back` is our own address it comes back to, `to` where it wants to go.

        `again` asks the provider to ask the person afresh, and to say when it did.
        """
        known = self._description()
        salt = secrets.token_urlsafe(16)
        state = f"{salt}.{_packed(to)}.{_derived(token, 'state', salt, to)}"
        session = self._session(back)
        address, _ = session.create_authorization_url(
            known["authorization_endpoint"],
            state=state,
            code_verifier=_derived(token, "verifier", salt, ""),
            nonce=_derived(token, "nonce", salt, ""),
            **({"prompt": "login", "max_age": "0"} if again else {}),
        )
        return str(address)

    # ── back ──
    def finish(self, token: str, back: str, code: str, state: str) -> Vouched:
        """Raises NotSignedIn and ProviderAway."""
        salt, _, rest = state.partition(".")
        packed, _, proof = rest.partition(".")
        to = _unpacked(packed)
        if not token or not hmac.compare_digest(proof.encode(), _derived(token, "state", salt, to).encode()):
            raise NotSignedIn("the answer belongs to no question of this browser")
        known = self._description()
        try:
            got = self._session(back).fetch_token(
                known["token_endpoint"],
                code=code,
                grant_type="authorization_code",
                code_verifier=_derived(token, "verifier", salt, ""),
                timeout=PATIENCE,
                allow_redirects=False,
            )
        except AuthlibBaseError as no:
            raise NotSignedIn(f"the provider gave no token ({no.error})") from None
        except (requests.RequestException, ValueError) as away:
            raise ProviderAway(type(away).__name__) from None
        return self._person(str(got.get("id_token") or ""), _derived(token, "nonce", salt, ""), to)

    def _person(self, id_token: str, nonce: str, to: str) -> Vouched:
        """Who the token speaks of, if every word of it holds. Raises NotSignedIn."""
        claims = self._claims(id_token)
        now = _host_seconds()
        audience = claims.get("aud")
        wrong = [
            name
            for name, right in (
                ("iss", claims.get("iss") == self.issuer),
                ("aud", audience in (self.client_id, [self.client_id])),
                ("azp", claims.get("azp", self.client_id) == self.client_id),
                ("nonce", hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())),
                ("exp", _number(claims.get("exp")) > now - LEEWAY),
                ("iat", now - OLDEST <= _number(claims.get("iat")) <= now + LEEWAY),
                ("nbf", _number(claims.get("nbf", 0)) <= now + LEEWAY),
                ("sub", isinstance(claims.get("sub"), str) and bool(claims["sub"])),
            )
            if not right
        ]
        if wrong:
            raise NotSignedIn(f"the token's {', '.join(wrong)} will not do")
        tenant, person = claims.get("tid"), claims.get("oid")
        if isinstance(tenant, str) and isinstance(person, str) and tenant and person:
            subject = f"{tenant}/{person}"
        else:
            subject = f"{self.issuer}#{claims['sub']}"
        amr, asked_at = claims.get("amr"), _number(claims.get("auth_time"))
        methods = {str(one) for one in (amr if isinstance(amr, list) else [])} | {str(claims.get("acr", ""))}
        return Vouched(subject, to, frozenset(methods - {""}), asked_at if asked_at > 0 else None)

    def _claims(self, id_token: str) -> dict[str, Any]:
        """The token's claims, signed by one of the provider's keys. A key we do not know: its keys are asked for again, once."""
        for fresh in (False, True):
            keys = self._key_set(fresh=fresh)
            try:
                return dict(jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims)
            except (JoseError, ValueError) as wrong:
                if fresh:
                    raise NotSignedIn(f"the token is not signed as it should be ({type(wrong).__name__})") from None
        raise AssertionError  # the second time returns or raises

    # ── what is known of the provider ──
    def _description(self) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() > self._until:
                found = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if found.get("issuer") != self.issuer or not all(self._safe(found.get(one)) for one in needed):
                    raise ProviderAway("its description is not that of the issuer in the settings")
                self._known, self._keys, self._until = found, None, time.monotonic() + KEPT
            return self._known

    def _key_set(self, *, fresh: bool) -> KeySet:
        known = self._description()
        with self._lock:
            if self._keys is None or fresh:
                try:
                    fetched: Any = self._fetch(known["jwks_uri"])  # the library looks at its shape
                    self._keys = KeySet.import_key_set(fetched)
                except (JoseError, ValueError, KeyError) as wrong:
                    raise ProviderAway(f"its keys cannot be read ({type(wrong).__name__})") from None
            return self._keys

    def _fetch(self, address: str) -> dict[str, Any]:
        if not self._safe(address):
            raise ProviderAway("its address is not https")
        try:
            answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as away:
            raise ProviderAway(type(away).__name__) from None
        if not isinstance(found, dict):
            raise ProviderAway(f"it answered {answer.status_code}")
        return found

    def _safe(self, address: object) -> bool:
        allowed = ("https://",) if self.https_only else ("https://", "http://127.0.0.1:", "http://localhost:")
        return isinstance(address, str) and address.startswith(allowed)

    def _session(self, back: str) -> Any:
        return OAuth2Session(
            self.client_id, self.client_secret, scope="openid", redirect_uri=back, code_challenge_method="S256"
        )


def _derived(token: str, what: str, salt: str, more: str) -> str:
    """43 letters that nobody can tell without the browser's token."""
    found = hmac.new(token.encode(), f"sso {what}\0{salt}\0{more}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def _packed(to: str) -> str:
    return base64.urlsafe_b64encode(to.encode()).decode().rstrip("=")


def _unpacked(packed: str) -> str:
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return "/"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("-inf")


def _host_seconds() -> float:
    """The tokens' times are the real world's."""
    return time.time()  # noqa: TID251 - what another host signed is compared with this host's clock
