// A drawn chart as SVG and PNG, and how files get to the user.

/** Pixels of a PNG for each of the screen's. */
const SCALE = 2;

/** A drawn picture as the text of an SVG file that stands alone. */
export function svgText(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const named = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  named.textContent = title;
  copy.prepend(named);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** The text of an SVG file as PNG of twice its size. */
export async function pngOf(text: string, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * SCALE);
    canvas.height = Math.ceil(height * SCALE);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(made => (made ? resolve(made) : reject(new Error('No PNG could be made.'))))
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Have the browser save a file. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(content);
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken it by then
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A text as part of a file's name: letters and digits with dashes between. */
export function fileName(text: string): string {
  const plain = text.normalize('NFKD').replace(/[^\p{L}\p{N}]+/gu, '-');
  return plain.replace(/^-+|-+$/g, '').toLowerCase() || 'chart';
}
