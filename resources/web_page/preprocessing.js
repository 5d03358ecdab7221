// What the network is shown of an image: the plain view of the studio, byte for byte as Pillow makes
// it of the same pixels (browsers resize otherwise). Decoding is the browser's.

const MAX_ASPECT = 16; // what is longer loses its ends first, as in the studio
const PRECISION_BITS = 22; // of Pillow's resampling, which counts in whole numbers
const STRIP_PIXELS = 4 << 20; // read at a time: photos of any size fit into a phone

const triangle = x => Math.max(0, 1 - Math.abs(x));
const cubic = x => {
  const a = -0.5;
  x = Math.abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
};
const FILTERS = {bilinear: {support: 1, weight: triangle}, bicubic: {support: 2, weight: cubic}};

// As Python rounds: halves to the even neighbour.
function roundHalfEven(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 ? below + 1 : below;
}

// Which source pixels make each of `count` target pixels from `first` on, and with what weights;
// null where nothing is resized.
function taps(size, target, first, count, filter) {
  if (size === target) return null;
  const scale = size / target;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  return Array.from({length: count}, (_, index) => {
    const center = (first + index + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const to = Math.min(size, Math.trunc(center + support + 0.5));
    const weights = new Float64Array(to - from);
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = filter.weight((i + from - center + 0.5) * (1 / stretch));
      sum += weights[i];
    }
    for (let i = 0; i < weights.length; i++) {
      const share = (sum ? weights[i] / sum : weights[i]) * (1 << PRECISION_BITS);
      weights[i] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
    return {from, weights};
  });
}

// Resample rows of `channels` interleaved values: `steps` of source[start + i * stride].
function weighed(source, start, stride, weights) {
  let sum = 1 << (PRECISION_BITS - 1);
  for (let i = 0, at = start; i < weights.length; i++, at += stride) sum += source[at] * weights[i];
  const value = Math.floor(sum / (1 << PRECISION_BITS));
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

// The sizes of everything on the way: what is cut off at first, resized, and cut out at last.
function layout(width, height, {resize_px, crop_px, crop_mode}) {
  if (crop_mode === "squash") {
    return {left: 0, top: 0, w: width, h: height, wide: crop_px, tall: crop_px, cropLeft: 0, cropTop: 0};
  }
  const longest = MAX_ASPECT * Math.min(width, height);
  const [w, h] = [Math.min(width, longest), Math.min(height, longest)];
  const long = Math.trunc((resize_px * Math.max(w, h)) / Math.min(w, h));
  const [tall, wide] = w <= h ? [long, resize_px] : [resize_px, long];
  return {
    left: roundHalfEven((width - w) / 2), top: roundHalfEven((height - h) / 2), w, h, wide, tall,
    cropLeft: roundHalfEven((wide - crop_px) / 2), cropTop: roundHalfEven((tall - crop_px) / 2),
  };
}

// Hands out the pixels of rows of an upright bitmap as RGBA, on white.
function rowReader(bitmap, left, width) {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", {willReadFrequently: true, alpha: false});
  return (top, rows) => {
    canvas.width = width; // also clears
    canvas.height = rows;
    context.imageSmoothingEnabled = false;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, rows);
    context.drawImage(bitmap, left, top, width, rows, 0, 0, width, rows);
    return context.getImageData(0, 0, width, rows).data;
  };
}

function turnGrey(pixels) {
  for (let i = 0; i < pixels.length; i += 4) {
    const grey = (pixels[i] * 19595 + pixels[i + 1] * 38470 + pixels[i + 2] * 7471 + 0x8000) >> 16;
    pixels[i] = pixels[i + 1] = pixels[i + 2] = grey;
  }
}

// The view of a bitmap: RGB bytes, crop_px x crop_px.
function viewOf(bitmap, preprocessing) {
  const {crop_px: side, channels} = preprocessing;
  const filter = FILTERS[preprocessing.interpolation];
  const place = layout(bitmap.width, bitmap.height, preprocessing);
  const across = taps(place.w, place.wide, place.cropLeft, side, filter);
  const down = taps(place.h, place.tall, place.cropTop, side, filter);
  const firstRow = down ? down[0].from : place.cropTop;
  const lastRow = down ? down[side - 1].from + down[side - 1].weights.length : place.cropTop + side;
  const read = rowReader(bitmap, place.left, place.w);
  const narrow = new Uint8Array((lastRow - firstRow) * side * 3);
  const strip = Math.max(1, Math.floor(STRIP_PIXELS / place.w));
  for (let row = firstRow; row < lastRow; row += strip) {
    const rows = Math.min(strip, lastRow - row);
    const pixels = read(place.top + row, rows);
    if (channels === 1) turnGrey(pixels);
    let to = (row - firstRow) * side * 3;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < side; x++) {
        const start = (y * place.w + (across ? across[x].from : place.cropLeft + x)) * 4;
        for (let c = 0; c < 3; c++) {
          narrow[to++] = across ? weighed(pixels, start + c, 4, across[x].weights) : pixels[start + c];
        }
      }
    }
  }
  if (!down) return narrow;
  const view = new Uint8Array(side * side * 3);
  const stride = side * 3;
  for (let y = 0, to = 0; y < side; y++) {
    const {from, weights} = down[y];
    for (let x = 0; x < stride; x++) {
      view[to++] = weighed(narrow, (from - firstRow) * stride + x, stride, weights);
    }
  }
  return view;
}

// The network's input of a view, [channels, crop_px, crop_px]: the float32 numbers of the studio.
function inputOf(view, {crop_px: side, channels, mean, std}) {
  const input = new Float32Array(channels * side * side);
  const f = Math.fround;
  for (let c = 0; c < channels; c++) {
    const numbers = Float32Array.from({length: 256}, (_, v) => f(f(f(v / 255) - f(mean[c])) / f(std[c])));
    for (let i = 0, at = c; i < side * side; i++, at += 3) input[c * side * side + i] = numbers[view[at]];
  }
  return input;
}

// An image file as a person sees it, upright, its colour profile left aside as in the studio.
function decode(blob) {
  return createImageBitmap(blob, {imageOrientation: "from-image", colorSpaceConversion: "none"});
}
