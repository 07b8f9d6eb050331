"""What every answer carries (ASVS 5.0, 3.4): no foreign script, no frame, no guessing, nothing kept by anybody."""

from collections.abc import Mapping

COOKIE = "caseflow"
LANGUAGE_COOKIE = "caseflow-language"


def cookie_name(*, secure: bool) -> str:
    """The `__Host-` prefix binds the cookie to this host and to https; plain http on one's own machine cannot have it."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def for_page(nonce: str, *, secure: bool, secret: bool = False) -> Mapping[str, str]:
    """For every page: what it may load is our own, and no cache keeps it.

    The referrer is for our own pages only, not for nobody: with `no-referrer` a browser would send forms with the origin
    `null`, and they could not be told from a stranger's. Where the address itself is `secret` (a link), our own pages get
    no more than the origin either, and search engines are told to leave it alone.
    """
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin" if secret else "same-origin",
        **({"X-Robots-Tag": "noindex, nofollow"} if secret else {}),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "X-Frame-Options": "DENY",
        **for_all(secure=secure),
    }


def for_all(*, secure: bool) -> Mapping[str, str]:
    """For style sheets and pictures, too."""
    strict = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {}
    return {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", **strict}


def ours(host: str, headers: Mapping[str, str]) -> bool:
    """Was this form sent from one of our own pages? The browser says so, in one of two ways; silence is a no."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] == host
