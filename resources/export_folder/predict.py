"""Says what images show: python predict.py photo.jpg another.png"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


class Classifier:
    """The network in `folder`; all that it needs to know stands in the metadata of its file."""

    def __init__(self, folder=Path(__file__).parent):
        self.network = onnxruntime.InferenceSession(str(Path(folder) / "model.onnx"))
        told = self.network.get_modelmeta().custom_metadata_map
        self.classes, self.how = json.loads(told["classes"]), json.loads(told["preprocessing"])
        self.limits = json.loads(told.get("limits", "null"))  # of the distance, for each class

    def outputs(self, path):
        """The probability of each class; and the distance to the training images, if it is told."""
        with Image.open(path) as file:
            pixels = np.asarray(square(upright(file, self.how), self.how))
        channels = self.how["channels"]
        mean, std = (np.array(self.how[name], np.float32)[:channels] for name in ("mean", "std"))
        values = (pixels[..., :channels].astype(np.float32) / np.float32(255) - mean) / std
        found = self.network.run(None, {"images": values.transpose(2, 0, 1)[None]})
        return tuple(output[0] for output in found)

    def answer(self, path):
        """The most probable class and its probability; None for "none of these"."""
        probabilities, *distance = self.outputs(path)
        best = int(probabilities.argmax())
        limit = self.limits[best] if self.limits else None
        is_foreign = limit is not None and bool(distance) and distance[0] > limit
        return None if is_foreign else self.classes[best], float(probabilities[best])


def upright(image, how):
    """As a person sees it: turned as the camera says, transparency on white; or grey."""
    image = ImageOps.exif_transpose(image)
    if image.mode[0] in "IF":  # more than 256 levels of grey: what is shown as black and as white
        low, high = (how.get("values") or {"low": 0, "high": 65535}).values()
        shares = np.clip((np.asarray(image, np.float64) - low) / (high - low), 0, 1)
        image = Image.fromarray(np.round(np.nan_to_num(shares) * 255).astype(np.uint8))
    if "A" in image.mode.upper() or "transparency" in image.info:
        layered = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
    image = image.convert("RGB")
    return image.convert("L").convert("RGB") if how["channels"] == 1 else image


def square(image, how):
    """The shorter side as long as the network wants it, and the middle of that; or all of it."""
    filter = Image.Resampling[how["interpolation"].upper()]
    if how.get("crop_mode") == "squash":
        return image.resize((how["crop_px"], how["crop_px"]), filter)
    width, height = image.size
    longest = 16 * min(width, height)
    image = middle(image, min(width, longest), min(height, longest))
    width, height, side = *image.size, how["resize_px"]
    across, down = int(side * width / height), int(side * height / width)
    size = (side, down) if width <= height else (across, side)
    if size != image.size:
        image = image.resize(size, filter)
    return middle(image, how["crop_px"], how["crop_px"])


def middle(image, width, height):
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    return image.crop((left, top, left + width, top + height))


if __name__ == "__main__":
    classifier = Classifier()
    for name in sys.argv[1:]:
        label, probability = classifier.answer(name)
        print(f"{name}\t{label or 'none of these'}\t{100 * probability:.1f} %")
