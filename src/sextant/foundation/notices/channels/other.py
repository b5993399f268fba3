"""Every further service that Apprise knows (decision 164), by its address. `{to}` in it is the person's own part."""

from urllib.parse import quote

from sextant.foundation.notices.channels.contracts import Message, SendFailed, Sent


class OtherService:
    """A service, by its Apprise address."""

    def __init__(self, *, url: str) -> None:
        self._url = url

    def send(self, message: Message) -> Sent:
        """Hand one message to Apprise, which says yes or no and nothing else."""
        from apprise import Apprise  # a second of imports that only this channel pays

        service = Apprise()
        if not service.add(self._url.replace("{to}", quote(message.to, safe=""))):
            raise SendFailed("bad_address", is_whole=True)
        body = "\n".join(part for part in (message.body, message.closing) if part)
        if not service.notify(title=message.subject, body=body or message.subject):
            raise SendFailed("refused")
        return Sent()

    def close(self) -> None:
        """Nothing is held open."""
