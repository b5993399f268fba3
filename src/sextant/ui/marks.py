"""Lights in the page's own terms: tone (colour and shape) and word."""

from django.utils.translation import pgettext

_TONES = {"green": "good", "yellow": "warn", "red": "bad", "good": "good", "warn": "warn", "bad": "bad", "acc": "acc"}
TINTS = 6


def tone_of(light: object) -> str:
    """Tone of a light: good, warn, bad; none for grey and for anything unknown. A tone is its own tone.

    >>> tone_of("green"), tone_of("bad"), tone_of(None)
    ('good', 'bad', 'none')
    """
    return _TONES.get(str(light), "none")


def word_of(light: object) -> str:
    """The word beside a light: a light is shape, colour and word, never colour alone."""
    words = {
        "good": pgettext("灯", "正常"),
        "warn": pgettext("灯", "关注"),
        "bad": pgettext("灯", "风险"),
        "none": pgettext("灯", "无数据"),
    }
    return words.get(tone_of(light), words["none"])


def tint_of(key: object) -> int:
    """Which of the six quiet avatar tints belongs to a person, fixed by id; a text counts by its characters.

    >>> tint_of(13), tint_of("13"), tint_of(None)
    (1, 1, 4)
    """
    text = str(key or "")
    if text.isdigit():
        return int(text) % TINTS
    return (sum(ord(character) for character in text) + 4) % TINTS
