"""Give towards a resource request: which resource of ours, how many, when they will be there."""

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.request import Fill
from cop.domain.resource import Resource
from cop.domain.rules.requests import request_of
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label
from cop.ui.request_words import by_when, filled, for_whom, missing, what

_MOST = 1_000_000


class FillRequestDialog(ActionDialog):
    """The first of our resources that fits, as many as are missing and free: mostly Enter is enough."""

    def __init__(self, desk: Desk, known: Report, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Offer towards a request", "Offer", parent)
        self._known = known
        request, stands = request_of(known), desk.requests.standing(known)
        said = desk.requests.said(known)
        missing_words = f"{filled(stands)} promised, {missing(stands)} · {by_when(request, stands, desk.now())}"
        self.row("Request", Label(wording.breakable(what(request)), "strong", wrap=True))
        self.row("For", Label(wording.breakable(for_whom(desk.picture, known)), wrap=True))
        self.row("So far", Label(missing_words, wrap=True))
        self.resource = QComboBox()
        for report in desk.requests.fitting(known):
            body = report.body
            assert isinstance(body, Resource)
            free = desk.requests.free(report, known)
            words = f"{wording.shortened(wording.resource_name(body), 60)} · {free:,} free"
            self.resource.addItem(words, report.key)
            if not free:
                item = self.resource.model().item(self.resource.count() - 1)  # type: ignore[attr-defined]  # the stubs know no QStandardItemModel here
                item.setEnabled(False)
        self.resource.addItem("Something that is not on our board", None)
        self.quantity = QSpinBox(minimum=1, maximum=_MOST)
        self.eta = QSpinBox(maximum=30 * 24 * 60, singleStep=5, suffix="  min")
        self.eta.setSpecialValueText("not known")
        for spin in (self.quantity, self.eta):
            spin.lineEdit().setTextMargins(8, 0, 0, 0)  # in line with the other fields
        self.note = QLineEdit(maxLength=1024, placeholderText="What the asker must know")
        self.row("Of ours", self.resource)
        self.row("How many", self.quantity)
        self.row("There in", self.eta)
        self.row("Note", self.note)
        self.over = Label(tone="warn", wrap=True)
        self.row("", self.over)
        self.setMinimumWidth(520)
        self._wanted = _wanted(stands.missing, said)
        self._choose(said)
        self.resource.currentIndexChanged.connect(lambda _: self._limit())
        self.quantity.valueChanged.connect(lambda _: self._warn())
        self._limit()
        self.quantity.setFocus()
        self.quantity.selectAll()

    def act(self) -> Refusal | None:
        """Offer it."""
        eta = self.eta.value() * 60 or None
        return self.desk.requests.offer(
            self._known, self.quantity.value(), self._chosen(), eta_s=eta, note=self.note.text().strip()
        )

    def _chosen(self) -> Key | None:
        key = self.resource.currentData()
        return (key[0], key[1]) if key else None

    def _choose(self, said: Fill | None) -> None:
        """What we said before, else the first that has any free."""
        wanted = (self.desk.operator.agency, said.resource) if said is not None and said.resource else None
        at = next((at for at in range(self.resource.count()) if self.resource.itemData(at) == wanted), -1)
        if wanted is None or at < 0:
            model = self.resource.model()
            enabled = (at for at in range(self.resource.count()) if model.item(at).isEnabled())  # type: ignore[attr-defined]  # as above
            at = next(enabled, self.resource.count() - 1)
        self.resource.setCurrentIndex(at)

    def _limit(self) -> None:
        """No more than are free can be put in."""
        chosen = self._chosen()
        report = self.desk.picture.resources.get(chosen) if chosen is not None else None
        free = self.desk.requests.free(report, self._known) if report is not None else _MOST
        self.quantity.setMaximum(max(1, free))
        self.quantity.setSuffix(f"  of {free:,} free" if report is not None else "")
        self.quantity.setValue(max(1, min(self._wanted, free)))
        self._warn()

    def _warn(self) -> None:
        extra = self.quantity.value() - self._wanted
        self.over.say(f"{extra:,} more than are missing." if extra > 0 else "")


def _wanted(missing_now: int, said: Fill | None) -> int:
    ours = said.quantity - said.delivered if said is not None and said.state in {"offered", "en_route"} else 0
    return max(1, missing_now + ours)
