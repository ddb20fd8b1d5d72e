"""One press before everything that we give by agreement stops: the key for it could be hit by chance."""

from PySide6.QtWidgets import QWidget

from cop.domain.desk import Refusal
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label


class StopGivingDialog(ActionDialog):
    """Says what stops and what stays; Enter does it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Stop giving", "Stop giving", parent)
        own, many = wording.agency_name(desk.picture, desk.operator.agency), len(desk.consents.given())
        by = f"all {many} clauses" if many > 1 else "its one clause"
        self.row("Stops", Label(f"All that {own} gives others by {by}, at once and until resumed", wrap=True))
        self.row("Stays", Label("Units that are sent already, and what is shown to others", wrap=True))
        self.go.setFocus()

    def act(self) -> Refusal | None:
        """Pause it all."""
        return self.desk.consents.stop_giving()
