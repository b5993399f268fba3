"""Where the owners of goals belong on a day: their unit, those above it, their role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sextant.engines.evaluation import PeerGroup
from sextant.metrics.contracts import SubjectKind
from sextant.people.contracts import PostRow
from sextant.people.queries import list_primary_posts, list_unit_paths

Owner = tuple[int, int]
"""Kind of subject and its id."""


@dataclass(frozen=True, slots=True)
class Places:
    """The organisation on a day: units with those above them, and the primary posts of persons."""

    paths: Mapping[int, tuple[int, ...]]
    posts: Mapping[int, PostRow]

    @classmethod
    def on(cls, day: date, *, person_ids: Iterable[int] | None = None) -> "Places":
        """As of a day, with the posts of these persons or of everyone. Two queries."""
        posts = list_primary_posts(on=day, person_ids=person_ids)
        return cls(list_unit_paths(), {post.person_id: post for post in posts})

    def path(self, owner: Owner) -> tuple[int, ...]:
        """The units an owner belongs to, the root first; a unit is the last of its own. Empty for who has no post."""
        kind, subject_id = owner
        if kind == SubjectKind.UNIT:
            return self.paths.get(subject_id, ())
        post = self.posts.get(subject_id)
        return self.paths.get(post.unit_id, ()) if post else ()

    def nearest(self, owner: Owner, calendars: Mapping[int, str]) -> str | None:
        """The calendar of the nearest unit that has one; None where none has."""
        return next((calendars[unit_id] for unit_id in reversed(self.path(owner)) if unit_id in calendars), None)

    def peers(self, owner: Owner, group: PeerGroup) -> str | None:
        """The name of the group an owner is compared in; None for who is in none: who has no post, or no title where
        roles are compared. A unit's peers are those below the same one."""
        path = self.path(owner)
        if group is PeerGroup.COMPANY:
            return group.value
        if group is PeerGroup.ROLE:
            post = self.posts.get(owner[1]) if owner[0] == SubjectKind.PERSON else None
            return f"role:{post.title}" if post and post.title else None
        if not path:
            return None
        if group is PeerGroup.BRANCH:
            return f"branch:{path[:2][-1]}"
        above = path[-2:][0] if owner[0] == SubjectKind.UNIT else path[-1]
        return f"unit:{above}"
