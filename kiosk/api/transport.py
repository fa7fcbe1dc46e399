"""Posting a webhook over HTTP."""

import asyncio
from collections.abc import Mapping
from http.client import HTTPException
from typing import Final
from urllib.request import HTTPErrorProcessor, ProxyHandler, Request, build_opener

SECONDS_MAX: Final = 10.0


class _AnswersAsTheyAre(HTTPErrorProcessor):
    """Follows no redirection, and takes a refusal for an answer."""

    def http_response(self, request: Request, response: object) -> object:
        return response

    https_response = http_response


# A webhook goes where it is meant to go, not to a proxy that the environment names.
_OPENER: Final = build_opener(ProxyHandler({}), _AnswersAsTheyAre())


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post `body` and return the status of the answer; raises `OSError` without one."""
    request = Request(url, body, dict(headers), method="POST")

    def send() -> int:
        try:
            with _OPENER.open(request, timeout=SECONDS_MAX) as response:
                return int(response.status)
        except HTTPException as fault:
            raise ConnectionError(f"no answer in HTTP: {fault!r}") from fault

    return await asyncio.to_thread(send)
