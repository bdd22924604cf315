// A blob that the browser saves under a name.

/** Have the browser save it, as a download. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  // the download has begun by then, and keeps the content
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name for a file of a deployment: `churn-eu-predictions.csv`. */
export function fileName(label: string, ending: string): string {
  const plain = label
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${plain || 'deployment'}-${ending}`;
}
