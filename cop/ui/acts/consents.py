"""What a liaison does with what our agency gives: pause, resume, withdraw, give again; one clause, or all at once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from cop.domain.agreement import Term
from cop.domain.consent import Consent
from cop.domain.desk import Command, Refusal
from cop.domain.rules import consents
from cop.domain.rules.actions import may
from cop.picture.change import Change

if TYPE_CHECKING:
    from cop.ui.desk import Desk


class ConsentActs:
    """Every act returns None when it was taken, else the refusal, as all of the desk do."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def pause(self, term: Term, lasts: timedelta | None = None, reason: str = "") -> Refusal | None:
        """Stop giving by a clause, for so long, or until it is resumed."""
        return self._desk.do(self._paused(term, lasts, reason))

    def resume(self, term: Term) -> Refusal | None:
        """Give again what is paused."""
        return self._desk.do(self._resumed(term))

    def withdraw(self, term: Term, reason: str = "") -> Refusal | None:
        """Take a clause back, until it is given again in words."""
        desk = self._desk
        decided = consents.withdraw(
            desk.operator, term, self.word(term), desk.now(), standing=self._standing(term), reason=reason
        )
        return desk.do(decided)

    def give_again(self, term: Term, words: str) -> Refusal | None:
        """Give again what was withdrawn; the words say why."""
        desk = self._desk
        decided = consents.give_again(
            desk.operator, term, self.word(term), desk.now(), words=words, standing=self._standing(term)
        )
        return desk.do(decided)

    def pause_agreement(self, agreement: str, reason: str = "") -> Refusal | None:
        """Stop giving by any clause of an agreement."""
        return self._pause_all(one for one in self.given() if one.agreement.id == agreement)

    def stop_giving(self) -> Refusal | None:
        """Stop giving anything to anybody, in one action, until it is resumed."""
        return self._pause_all(self.given())

    def resume_all(self) -> Refusal | None:
        """Give again all that is paused, and nothing that is withdrawn."""
        decided = (self._resumed(one) for one in self.given())
        return self._desk.do(consents.all_at_once(decided, "Nothing of ours is paused."))

    def given(self) -> list[Term]:
        """The clauses by which our agency gives."""
        return consents.given_by(self._desk.operator.agency, self._desk.picture.agreements)

    def word(self, term: Term) -> Consent | None:
        """What the giver of a clause says about it."""
        return consents.word_about(term, self._desk.picture.consents, live=not self._desk.exercise)

    def say_again(self, change: Change) -> None:
        """Say our newest word about a clause again where somebody emptied its topic: who comes later must hear it.

        The picture keeps a word that was taken back; the broker does not.
        """
        desk = self._desk
        own = {one for one in change.taken_back if one[0] == desk.operator.agency}
        words = [desk.picture.consents[one].body for one in sorted(own) if one in desk.picture.consents]
        again = [
            msgspec.structs.replace(one, at=desk.now(), rev=one.rev + 1) for one in words if isinstance(one, Consent)
        ]
        if again and may(desk.operator, "pause_clause") is None:
            desk.do(Command(again[0], tuple(again[1:])))

    def _pause_all(self, terms: Iterable[Term]) -> Refusal | None:
        decided = (self._paused(one, None, "") for one in terms)
        return self._desk.do(consents.all_at_once(decided, "All of this is paused or withdrawn already."))

    def _paused(self, term: Term, lasts: timedelta | None, reason: str) -> Command | Refusal:
        desk, now = self._desk, self._desk.now()
        return consents.pause(
            desk.operator,
            term,
            self.word(term),
            now,
            standing=self._standing(term),
            until=now + lasts if lasts is not None else None,
            reason=reason,
        )

    def _resumed(self, term: Term) -> Command | Refusal:
        desk = self._desk
        return consents.resume(desk.operator, term, self.word(term), desk.now(), standing=self._standing(term))

    def _standing(self, term: Term) -> list[str]:
        """What stands by a clause now, and goes on: a pause is for what is asked after it."""
        desk = self._desk
        standing = desk.picture.commitments.standing(term, desk.now(), exercise=bool(desk.exercise))
        return [one.name for one in standing]
