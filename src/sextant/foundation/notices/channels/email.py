"""E-mail over SMTP, many messages on one connection.

Each message carries a Message-ID made of its id: when one is sent again because a worker died between the server's yes
and our note of it, mail programs show it once.
"""

import smtplib
import ssl
from collections.abc import Collection
from email.charset import BASE64, Charset

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from sextant.foundation.notices.channels.contracts import Message, SendFailed, Sent
from sextant.foundation.outbound.hosts import HostRefused, judged_address

_SECONDS = 15


class MailServer:
    """A server, opened by the first message."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str,
        username: str,
        password: str,
        sender: str,
        allowed: Collection[str],
    ) -> None:
        self._sender = sender
        self._place = (host, port)
        self._allowed = allowed
        self._is_open = False
        self._backend = EmailBackend(
            host=host,
            port=port,
            username=username,
            password=password,
            use_tls=security == "starttls",
            use_ssl=security == "tls",
            timeout=_SECONDS,
        )

    def send(self, message: Message) -> Sent:
        """Hand one message to the server. Its yes means that it will try: nothing is confirmed."""
        self._open()
        domain = self._sender.rpartition("@")[2].strip(" >") or "sextant"
        mail = EmailMessage(
            " ".join(message.subject.split()),
            "\n\n".join(part for part in (message.body, message.closing) if part),
            self._sender,
            [message.to],
            headers={"Message-ID": f"<{message.id}@{domain}>", "Auto-Submitted": "auto-generated"},
        )
        mail.encoding = _charset()
        try:
            self._backend.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise SendFailed(
                "no_such_mailbox" if code >= 500 else "refused", _said(code, said), is_final=code >= 500
            ) from error
        except smtplib.SMTPSenderRefused as error:
            raise SendFailed("refused_us", _said(error.smtp_code, error.smtp_error), is_whole=True) from error
        except smtplib.SMTPResponseException as error:
            raise SendFailed("refused", _said(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self._is_open = False
            raise SendFailed("cut_off", str(error), is_whole=True) from error
        return Sent()

    def close(self) -> None:
        """Say good-bye to the server."""
        self._backend.close()

    def _open(self) -> None:
        if self._is_open:
            return
        host, port = self._place
        try:
            judged_address(host, port, allowed=self._allowed)
            self._backend.open()
        except HostRefused as error:
            raise SendFailed(error.code, " ".join(error.params.values()), is_whole=True) from error
        except ssl.SSLError as error:
            raise SendFailed("bad_certificate", str(error), is_whole=True) from error
        except smtplib.SMTPAuthenticationError as error:
            raise SendFailed("refused_us", _said(error.smtp_code, error.smtp_error), is_whole=True) from error
        except TimeoutError as error:
            raise SendFailed("silent", f"{_SECONDS} s", is_whole=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed("no_connection", str(error), is_whole=True) from error
        self._is_open = True


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _charset() -> Charset:
    """UTF-8 as this channel writes it. Apprise changes for the whole process how mail is written: headers become
    longer, and a folded subject begins with a blank."""
    found = Charset("utf-8")
    found.header_encoding = found.body_encoding = BASE64
    return found
