"""How an image looks to who sees fewer colours: Viénot 1999 without red or green, Brettel 1997 without blue."""

from typing import Literal

import numpy as np
from daltonlens import simulate
from PySide6.QtGui import QImage

Deficiency = Literal["protanopia", "deuteranopia", "tritanopia"]
DEFICIENCIES: tuple[Deficiency, ...] = ("protanopia", "deuteranopia", "tritanopia")
_MODELS = {
    "protanopia": (simulate.Simulator_Vienot1999(), simulate.Deficiency.PROTAN),
    "deuteranopia": (simulate.Simulator_Vienot1999(), simulate.Deficiency.DEUTAN),
    "tritanopia": (simulate.Simulator_Brettel1997(), simulate.Deficiency.TRITAN),
}


def simulated(image: QImage, deficiency: Deficiency) -> QImage:
    """The image as it is seen with this deficiency."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    model, kind = _MODELS[deficiency]
    seen = model.simulate_cvd(rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3), kind, 1.0)
    height, width, _ = seen.shape
    return QImage(np.ascontiguousarray(seen).data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
