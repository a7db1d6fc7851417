"""The administrator's own sign-in: a code typed in a browser, tokens in the memory of this process, and nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.command_line import SLOW
from sync.errors import ServiceError, SignInRefused, UnexpectedAnswer
from sync.services.auth import SignIn
from sync.services.connections import Connections
from sync.settings import Settings

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The public client that Microsoft's command line signs people in with: every tenant knows it, nobody has to register one."""


class PersonSignIn(SignIn):
    """A person's tokens: asked for once, for the first service; for the others with what that brought, and never written anywhere."""

    def __init__(self, settings: Settings, show: Callable[[str], None], *, client: str = AZURE_CLI) -> None:
        super().__init__(settings)
        self._show = show
        self._client = client

    def opened(self) -> Any:
        """msal's public client, with its cache in memory."""
        import msal  # noqa: PLC0415

        return msal.PublicClientApplication(self._client, **self.authority())

    def acquired(self, app: Any, scope: str) -> Mapping[str, Any] | None:
        """A token without asking where somebody is signed in already, else by a code that the person types."""
        for account in app.get_accounts():
            answer: Mapping[str, Any] | None = app.acquire_token_silent([scope], account, force_refresh=True)
            if answer and "access_token" in answer:
                return answer
        flow = app.initiate_device_flow(scopes=[scope])
        if "user_code" not in flow:
            return dict(flow)
        self._show(f"Sign in as an administrator: open {flow['verification_uri']} and enter {flow['user_code']}")
        answer = app.acquire_token_by_device_flow(flow)
        return answer

    def refusal(self, answer: Mapping[str, Any] | None) -> ServiceError:
        """A person is refused for other reasons than the app."""
        if not answer or "error" not in answer:
            return UnexpectedAnswer("The token endpoint sent neither a token nor an error: check ENTRA_AUTHORITY.")
        code = str(answer["error"])
        said = str(answer.get("error_description", "")).partition("\n")[0]
        return SignInRefused(f"Microsoft Entra refused the administrator's sign-in ({code}).", service_code=code, service_message=said)


def as_administrator(settings: Settings, show: Callable[[str], None], *, client: str = AZURE_CLI) -> Connections:
    """Both services as the person sees them who signs in."""
    return Connections(settings, sign_in=PersonSignIn(settings, show, client=client), patience=SLOW)
