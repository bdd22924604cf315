// How charts look: the Lab theme's fonts and colours, and colours of series that all eyes tell apart.

import { useEffect, useState } from '../react';

export interface Look {
  dark: boolean;
  font: string;
  /** Pixels. */
  fontSize: number;
  text: string;
  /** Of what is beside the data: axes, notes. */
  muted: string;
  grid: string;
  background: string;
  /** Of series, in order; from Okabe and Ito's palette. */
  series: readonly string[];
}

/** Blue, vermilion, green, purple; on dark ground sky blue, orange, green, purple. */
const ON_LIGHT = ['#0072B2', '#D55E00', '#007A5A', '#A34E80'];
const ON_DARK = ['#56B4E9', '#E69F00', '#2FBF94', '#E39BC3'];

/** Series are told apart by dashes and shapes as well. */
export const DASHES: number[][] = [
  [1, 0],
  [7, 3],
  [5, 2, 1, 2],
  [2, 2]
];
export const SHAPES = ['circle', 'square', 'triangle-up', 'diamond'] as const;

/** Lab's style sheet may come a moment after the theme's name, in milliseconds. */
const SETTLED = [0, 300, 1200];

/** The look of the theme in force at a place in the document. */
export function lookAt(node: Element): Look {
  const style = getComputedStyle(node);
  const value = (name: string, otherwise: string) =>
    style.getPropertyValue(name).trim() || otherwise;
  const background = value('--jp-layout-color1', 'white');
  const dark = isDark(background);
  return {
    dark,
    font: value('--jp-ui-font-family', 'sans-serif'),
    fontSize: pixels(value('--jp-ui-font-size1', '13px')) - 1,
    text: value('--jp-ui-font-color1', dark ? '#eee' : '#222'),
    muted: value('--jp-ui-font-color2', dark ? '#bbb' : '#555'),
    grid: value('--jp-border-color2', dark ? '#444' : '#ddd'),
    background,
    series: dark ? ON_DARK : ON_LIGHT
  };
}

/** The look at a place, followed when the theme changes; `undefined` until the place is there. */
export function useLook(node: Element | null): Look | undefined {
  const [look, setLook] = useState<Look>();
  useEffect(() => {
    if (!node) {
      return;
    }
    let timers: number[] = [];
    const read = () => {
      const now = lookAt(node);
      setLook(before => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
    };
    const follow = () => {
      timers.forEach(timer => window.clearTimeout(timer));
      timers = SETTLED.map(wait => window.setTimeout(read, wait));
    };
    read();
    const observer = new MutationObserver(follow);
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
    });
    return () => {
      observer.disconnect();
      timers.forEach(timer => window.clearTimeout(timer));
    };
  }, [node]);
  return look;
}

/** Whether a CSS colour, `#rgb`, `#rrggbb`, `rgb(…)` or a name, is a dark one. */
export function isDark(colour: string): boolean {
  const rgb = channels(colour);
  return rgb !== undefined && 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 128;
}

function channels(colour: string): number[] | undefined {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (hex) {
    const wide = hex.length < 6 ? [...hex].map(digit => digit + digit).join('') : hex;
    return [0, 2, 4].map(at => parseInt(wide.slice(at, at + 2), 16));
  }
  const numbers = /^rgba?\(([^)]*)\)$/i.exec(colour)?.[1].match(/[\d.]+/g);
  if (numbers && numbers.length >= 3) {
    return numbers.slice(0, 3).map(Number);
  }
  return colour === 'black' ? [0, 0, 0] : undefined;
}

function pixels(length: string): number {
  const number = parseFloat(length);
  return Number.isFinite(number) ? number : 13;
}
