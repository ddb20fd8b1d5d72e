"""The look of all windows: one stylesheet, generated from the palette that the map uses too."""

import functools

from PySide6.QtGui import QFont, QFontDatabase, QPalette

from cop.map.palette import RESOURCES, Palette, colour, contrast

_FAMILIES = ("Inter", "Noto Sans", "DejaVu Sans")
#: WCAG 2.1 §1.4.3: text of normal size against what it stands on
READABLE = 4.5
#: pixels of a tab's letters and beside its title, where there is room and where there is none (`tight`)
TAB_PIXELS = (13, 12)
TAB_PADDING = (7, 4)


def ui_font() -> QFont:
    """The font of all windows: the first of our families that this machine has, 12 px."""
    font = QFont(_family())
    font.setPixelSize(12)
    return font


@functools.cache
def _family() -> str:
    known = set(QFontDatabase.families())
    return next((family for family in _FAMILIES if family in known), "sans-serif")


def sized(pixels: int, *, bold: bool = False, spacing: float = 0.0) -> QFont:
    """The window font in another size."""
    font = ui_font()
    font.setPixelSize(pixels)
    font.setBold(bold)
    if spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return font


def text_on(ground: str, preferred: str) -> str:
    """The preferred text colour where it reads at 4.5:1 on this ground, else black or white, whichever reads better."""
    if contrast(preferred, ground) >= READABLE:
        return preferred
    return max(("#ffffff", "#000000"), key=lambda one: contrast(one, ground))


@functools.lru_cache(maxsize=1024)  # asked for each cell that is painted
def legible(wanted: str, ground: str) -> str:
    """A colour for text: the wanted hue, moved towards black or white until it reads at 4.5:1 on this ground."""
    one = colour(wanted)
    lighter = contrast("#ffffff", ground) > contrast("#000000", ground)
    for _ in range(40):
        if contrast(one.name(), ground) >= READABLE:
            break
        one = one.lighter(106) if lighter else one.darker(106)
    return one.name()


def qt_palette(palette: Palette) -> QPalette:
    """Qt's own palette, for what no stylesheet reaches."""
    result = QPalette()
    roles = QPalette.ColorRole
    for role, text in (
        (roles.Window, palette.window),
        (roles.Base, palette.panel),
        (roles.AlternateBase, palette.raised),
        (roles.Button, palette.panel),
        (roles.ToolTipBase, palette.raised),
        (roles.WindowText, palette.text),
        (roles.Text, palette.text),
        (roles.ButtonText, palette.text),
        (roles.ToolTipText, palette.text),
        (roles.PlaceholderText, palette.muted),
        (roles.Highlight, palette.accent),
        (roles.HighlightedText, palette.accent_text),
        (roles.Link, palette.accent),
    ):
        result.setColor(role, colour(text))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, colour(palette.muted))
    return result


def stylesheet(palette: Palette) -> str:
    """The stylesheet of the main window and its dialogs."""
    p = palette
    accent_text = text_on(p.accent, p.accent_text)
    link, warn, bad, ok = (legible(one, p.panel) for one in (p.accent, p.warn, p.bad, p.ok))
    field = p.window if p.name == "dark" else p.panel
    chevron = (RESOURCES / "icons" / f"chevron-{p.name}.svg").as_posix()
    chevron_up = (RESOURCES / "icons" / f"chevron-up-{p.name}.svg").as_posix()
    check = (RESOURCES / "icons" / f"check-{p.name}.svg").as_posix()
    dash = (RESOURCES / "icons" / f"dash-{p.name}.svg").as_posix()
    return f"""
* {{ color: {p.text}; }}
QMainWindow, QDialog {{ background: {p.panel}; }}
QMainWindow::separator {{ background: {p.border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {p.accent}; }}
QDockWidget > QWidget, #dock {{ background: {p.panel}; }}
QDockWidget {{ titlebar-close-icon: none; color: {p.text}; }}
QDockWidget::title {{ background: {p.panel}; padding: 6px 10px; border-bottom: 1px solid {p.border}; }}
QLabel {{ background: transparent; }}
QLabel[tone="muted"], QCheckBox[tone="muted"] {{ color: {p.muted}; }}
QLabel[tone="bad"] {{ color: {bad}; font-weight: bold; }}
QLabel[tone="warn"] {{ color: {warn}; }}
QLabel[tone="ok"] {{ color: {ok}; }}
QLabel[tone="strong"] {{ font-weight: bold; }}
QLabel[tone="armed"] {{ font-weight: bold; color: {link}; }}
QLabel[tone="heading"] {{ font-weight: bold; font-size: 18px; }}
QLabel[tone="section"] {{ font-weight: bold; font-size: 10px; letter-spacing: 1px; color: {p.muted}; }}

#top_bar {{ background: {p.panel}; border-bottom: 1px solid {p.border}; }}
#brand {{ font-size: 16px; font-weight: bold; }}
#exercise_badge {{ background: {p.exercise}; color: {p.exercise_text}; font-weight: bold; font-size: 12px;
  letter-spacing: 1px; border-radius: 4px; padding: 4px 10px; }}
#replay_badge {{ background: {p.replay}; color: {p.replay_text}; font-weight: bold; font-size: 12px;
  letter-spacing: 1px; border-radius: 4px; padding: 4px 10px; }}
#operation {{ font-weight: bold; font-size: 13px; }}
#clock {{ font-weight: bold; font-size: 14px; }}
#clock[past="true"] {{ color: {warn}; }}
#desk_chip {{ border: 1px solid {p.border}; border-radius: 9px; padding: 3px 10px; font-size: 11px; }}
QDialog[edge="true"], #dock[edge="true"] {{ border: 4px solid {p.exercise}; }}
QDialog[edge="past"], #dock[edge="past"] {{ border: 7px solid {p.replay}; }}
#window_edge {{ background: transparent; border: 4px solid {p.exercise}; }}
#replay_edge {{ background: transparent; border: 7px solid {p.replay}; }}

QLineEdit, QPlainTextEdit {{ background: {field}; color: {p.text};
  border: 1px solid {p.border}; border-radius: 6px; padding: 6px 9px; selection-background-color: {p.accent};
  selection-color: {accent_text}; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator {{ width: 14px; height: 14px;
  border: 1px solid {p.muted}; border-radius: 3px; background: {field}; }}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked {{
  background: {p.accent}; border-color: {p.accent}; image: url("{check}"); }}
QTreeView::indicator:indeterminate {{ background: {p.accent}; border-color: {p.accent}; image: url("{dash}"); }}
QTreeView::item {{ padding: 3px 0; }}
QTreeView::item:selected {{ background: {p.raised}; color: {p.text}; }}
QTreeView:focus {{ border: 1px solid {p.accent}; }}
QCheckBox:focus {{ color: {link}; }}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 1px solid {p.accent}; }}
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled, QDateTimeEdit:disabled {{ color: {p.muted}; }}
QSpinBox, QComboBox, QDateTimeEdit {{ background: {field}; border: 1px solid {p.border}; border-radius: 6px;
  padding: 0 9px; min-height: 28px; }}
QSpinBox {{ padding-right: 26px; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: none; width: 24px; }}
QSpinBox::up-arrow {{ image: url("{chevron_up}"); width: 11px; height: 11px; }}
QSpinBox::down-arrow {{ image: url("{chevron}"); width: 11px; height: 11px; }}
QSpinBox:focus, QComboBox:focus, QDateTimeEdit:focus {{ border: 1px solid {p.accent}; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow, QDateTimeEdit::down-arrow {{ image: url("{chevron}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {p.raised}; border: 1px solid {p.border}; }}
QComboBox QLineEdit, QSpinBox QLineEdit, QDateTimeEdit QLineEdit {{ border: none;
  padding: 0 4px; background: transparent; }}
#search_field {{ background: {p.raised}; font-size: 13px; padding: 7px 10px; }}

QPushButton, QToolButton {{ background: {p.panel}; border: 1px solid {p.border}; border-radius: 6px;
  padding: 7px 9px; }}
QPushButton:hover, QToolButton:hover {{ background: {p.raised}; border-color: {p.muted}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {p.accent}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {p.window}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {p.muted}; background: {p.panel};
  border: 1px dashed {p.border}; }}
QPushButton[look="primary"] {{ background: {p.accent}; color: {accent_text}; border-color: {p.accent};
  font-weight: bold; }}
QPushButton[look="primary"]:hover {{ border-color: {p.text}; }}
QPushButton[look="primary"]:disabled {{ background: {p.raised}; color: {p.muted}; border: 1px dashed {p.muted};
  font-weight: normal; }}
QPushButton[look="chip"] {{ border-radius: 9px; padding: 2px 9px; font-size: 11px; min-height: 14px; }}
QPushButton[look="chip"]:checked {{ background: {p.accent}; color: {accent_text}; border-color: {p.accent}; }}
QPushButton[look="own"] {{ border: 1px solid {ok}; color: {ok}; border-radius: 9px; padding: 2px 9px;
  font-size: 11px; }}
QPushButton[look="request"] {{ border: 1px solid {warn}; color: {warn}; border-radius: 9px; padding: 2px 9px;
  font-size: 11px; }}
QPushButton[look="uncovered"] {{ border: 1px solid {p.muted}; color: {p.muted}; border-radius: 9px; padding: 2px 9px;
  font-size: 11px; }}
QPushButton[look="own"]:disabled, QPushButton[look="request"]:disabled, QPushButton[look="uncovered"]:disabled {{
  border: 1px dashed {p.muted}; color: {p.muted}; }}
QPushButton[look="own"]:focus, QPushButton[look="request"]:focus, QPushButton[look="uncovered"]:focus {{
  border: 2px solid {p.accent}; padding: 1px 8px; }}
QPushButton[look="name"][landing="true"] {{ color: {link}; text-decoration: underline; }}
QPushButton[look="small"] {{ padding: 3px 9px; font-size: 11px; }}
QPushButton[look="small_primary"] {{ padding: 3px 9px; font-size: 11px; background: {p.accent}; color: {accent_text};
  border-color: {p.accent}; font-weight: bold; }}
QPushButton[look="small_primary"]:disabled {{ background: {p.raised}; color: {p.muted}; border: 1px dashed {p.muted};
  font-weight: normal; }}
QPushButton[narrow="true"] {{ padding: 3px 4px; }}
QPushButton[look="inbox"] {{ background: {p.warn}; color: {text_on(p.warn, "#10161d")}; border-color: {p.warn};
  border-radius: 9px; padding: 3px 11px; font-weight: bold; font-size: 11px; }}
QPushButton[look="inbox"][overdue="true"] {{ background: {p.bad}; color: {text_on(p.bad, "#ffffff")};
  border-color: {p.bad}; }}
QPushButton[look="alerts"] {{ background: {p.raised}; border-color: {p.muted}; border-radius: 9px; padding: 3px 11px;
  font-weight: bold; font-size: 11px; }}
QPushButton[look="alerts"][severe="true"] {{ background: {p.bad}; color: {text_on(p.bad, "#ffffff")};
  border-color: {p.bad}; }}
QPushButton[look="conflicts"] {{ border-color: {warn}; color: {warn}; border-radius: 9px; padding: 3px 11px;
  font-weight: bold; font-size: 11px; }}
QPushButton[look="name"] {{ border: none; padding: 0; font-weight: bold; text-align: left; background: transparent; }}
QPushButton[look="name"]:hover, QPushButton[look="name"]:focus {{ color: {link}; }}
QPushButton[look="flat"], QToolButton {{ border-color: transparent; }}

#time_bar {{ background: {p.panel}; border-top: 1px solid {p.border}; }}
QPushButton[look="bar"] {{ border-color: transparent; padding: 4px 5px; font-size: 10px; min-width: 18px; }}
QPushButton[look="bar"]:focus {{ border-color: {p.accent}; }}
QPushButton[look="live"] {{ border: 1px solid {bad}; color: {bad}; border-radius: 9px; padding: 3px 10px;
  font-size: 11px; font-weight: bold; background: {p.panel}; }}
QPushButton[look="live"]:hover, QPushButton[look="live"]:focus {{ border: 2px solid {bad}; padding: 2px 9px; }}
QPushButton[look="live"][lit="true"] {{ background: {p.bad}; color: {text_on(p.bad, "#ffffff")};
  border-color: {p.bad}; }}
#time_bar QComboBox {{ min-height: 22px; padding: 0 4px 0 7px; font-size: 11px; }}
#time_bar QComboBox::drop-down {{ width: 20px; }}

QTabBar {{ background: {p.panel}; }}
QTabBar::tab {{ background: {p.panel}; color: {p.muted}; padding: 12px {TAB_PADDING[0]}px; border: none;
  border-bottom: 2px solid {p.border}; font-size: {TAB_PIXELS[0]}px; }}
QTabBar[low="true"]::tab {{ padding: 6px {TAB_PADDING[0]}px; }}
QTabBar[tight="true"]::tab {{ padding: 12px {TAB_PADDING[1]}px; font-size: {TAB_PIXELS[1]}px; }}
QTabBar::tab:selected {{ color: {p.text}; font-weight: bold; border-bottom: 2px solid {p.accent}; }}
QTabBar::tab:hover {{ color: {p.text}; }}
QTabBar::tab:focus {{ color: {p.text}; text-decoration: underline; }}

QAbstractItemView {{ background: {p.panel}; border: none; outline: none; gridline-color: {p.border};
  alternate-background-color: {p.panel}; selection-background-color: {p.raised}; selection-color: {p.text}; }}
QTableView::item {{ border-bottom: 1px solid {p.border}; padding: 0; }}
QTableView::item:selected {{ background: {p.raised}; }}
QTableView:focus, QListView:focus {{ border: 1px solid {p.accent}; }}
QHeaderView {{ background: {p.panel}; }}
QHeaderView::section {{ background: {p.panel}; color: {p.muted}; border: none;
  border-bottom: 1px solid {p.border}; padding: 6px 3px; font-size: 11px; font-weight: bold; }}
QTableCornerButton::section {{ background: {p.panel}; border: none; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollArea:focus {{ border: 1px solid {p.accent}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {p.border}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {p.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
  border: none; width: 0; height: 0; }}

#box, #card {{ background: {p.raised}; border: 1px solid {p.border}; border-radius: 6px; }}
#card:hover {{ border: 1px solid {p.muted}; }}
#card[mark="selected"], #card:focus {{ border: 1px solid {p.accent}; }}
#card[mark="ask"] {{ border: 2px solid {p.warn}; }}
#card[mark="bad"] {{ border: 1px solid {p.bad}; }}
#board_area[drop="may"] {{ border: 1px dashed {p.muted}; border-radius: 6px; }}
#board_area[drop="here"] {{ border: 2px solid {p.accent}; border-radius: 6px; }}
#rule {{ background: {p.border}; border: none; }}
#banner {{ border: none; }}
#banner[follows="true"] {{ border-top: 1px solid rgba(0, 0, 0, 90); }}
#banner[level="bad"] {{ background: {p.bad}; }}
#banner[level="warn"] {{ background: {p.warn}; }}
#banner[level="bad"] QLabel, #banner[level="bad"] QPushButton {{ color: {text_on(p.bad, "#ffffff")};
  font-weight: bold; background: transparent; border-color: {text_on(p.bad, "#ffffff")}; }}
#banner[level="warn"] QLabel, #banner[level="warn"] QPushButton {{ color: {text_on(p.warn, "#10161d")};
  font-weight: bold; background: transparent; border-color: {text_on(p.warn, "#10161d")}; }}
#notice {{ background: {p.raised}; border: 1px solid {p.warn}; border-radius: 6px; padding: 9px 14px; }}
#search_popup {{ background: {p.raised}; border: 1px solid {p.border}; border-radius: 6px; }}
#search_popup QListView {{ background: {p.raised}; }}
QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border}; padding: 4px; }}
QMenu {{ background: {p.raised}; border: 1px solid {p.border}; padding: 4px; }}
QMenu::item {{ padding: 6px 22px; border-radius: 4px; }}
QMenu::item:selected {{ background: {p.accent}; color: {accent_text}; }}
QMenu::item:disabled {{ color: {p.muted}; }}
#link {{ color: {link}; }}
"""
