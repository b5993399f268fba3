"""Short names of browsers, so that a person recognises their own devices in the session list."""

# First match wins: in-app browsers carry the words of Chrome and Safari too, Edge those of Chrome, Chrome Safari's.
_BROWSERS = (
    ("wxwork", "企业微信"),
    ("DingTalk", "钉钉"),
    ("Lark", "飞书"),
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def describe_agent(agent: str) -> str:
    """ "Chrome · Windows" from a user-agent line; its first 40 characters when nothing is recognised.

    >>> describe_agent("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36")
    'Chrome · Windows'
    >>> describe_agent("curl/8.5")
    'curl/8.5'
    """
    found = [next((name for mark, name in table if mark in agent), None) for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name) or agent[:40]
