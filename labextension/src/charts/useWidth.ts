// The width that there is for a chart, in steps, so that it is not drawn anew for each pixel.

import { useEffect, useState } from '../react';

const STEP = 10;
/** Milliseconds that a width has to stay. */
const QUIET = 120;

/** Pixels, a multiple of 10; `undefined` while the node cannot be seen. */
export function useWidth(node: HTMLElement | null): number | undefined {
  const [width, setWidth] = useState<number>();
  useEffect(() => {
    if (!node) {
      return;
    }
    let timer: number | undefined;
    const read = () => {
      const now = Math.floor(node.clientWidth / STEP) * STEP;
      if (now > 0) {
        setWidth(now);
      }
    };
    read();
    const observer = new ResizeObserver(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(read, QUIET);
    });
    observer.observe(node);
    return () => {
      window.clearTimeout(timer);
      observer.disconnect();
    };
  }, [node]);
  return width;
}
