"""An identity provider on loopback, like Entra ID's: description, keys, authorization page, token endpoint with PKCE.

Nobody has to press a button: the authorization page sends the browser back at once, for whoever `person` is. `spoil` may change
the ID token's claims before it is signed, and `sign` may sign it otherwise than it should be.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from standins.listening import Listening

CLIENT, SECRET = "caseflow", "between us"


def rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig", "alg": "RS256"})


KEYS = {"one": rsa("one"), "two": rsa("two"), "stranger": rsa("one")}


@dataclass
class Identity(Listening):
    """Started on entering, gone on leaving."""

    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "tid": "tenant-1", "oid": "object-1"})
    spoil: Callable[[dict[str, Any]], None] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    key: str = "one"
    published: tuple[str, ...] = ("one",)
    description: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path)
                here.asked.append(path.path)
                given = {name: values[0] for name, values in parse_qs(path.query).items()}
                if path.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", here.authorized(given))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif path.path == "/.well-known/openid-configuration":
                    self.answer(200, here.described())
                elif path.path == "/keys":
                    keys = KeySet([KEYS[one] for one in here.published])
                    self.answer(200, keys.as_dict(private=False))
                else:
                    self.answer(404, {})

            def do_POST(self) -> None:
                here.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                given = {name: values[0] for name, values in parse_qs(body).items()}
                self.answer(*here.token(given, self.headers.get("Authorization", "")))

            def answer(self, status: int, content: dict[str, Any]) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: `asked` tells."""

        return self.listen(Handler)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        } | self.description

    def authorized(self, given: dict[str, str]) -> str:
        """Where the browser goes next: back, with a code that is good for one token."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def token(self, given: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        known = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or asked.get("code_challenge") != challenge.decode().rstrip("=")
            or asked.get("code_challenge_method") != "S256"
            or asked["redirect_uri"] != given.get("redirect_uri")
            or authorization != known
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "exp": now + 3600, "iat": now, "nonce": asked["nonce"]} | self.person
        self.spoil(claims)
        signed = self.sign(claims) if self.sign else signed_by(KEYS[self.key], claims)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": signed}


def signed_by(key: RSAKey | ECKey, claims: dict[str, Any], alg: str = "RS256") -> str:
    kid = key.as_dict(private=False).get("kid", "")
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says it needs no signature."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """The old trick: the public key taken for a shared secret."""
    said = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
    made = hmac.new(KEYS["one"].as_pem(private=False), said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"
