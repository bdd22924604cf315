// Lines over a square of shares: ROC curves, lift.
import { DASHES, type Look } from './look';
import { channel, leftAxis, numeric, type Spec, themed } from './spec';

/** Named lines from (0, 0) to (1, 1), with further layers over them. */
export function shareSquare(
  width: number,
  look: Look,
  xTitle: string,
  yTitle: string,
  names: readonly string[],
  values: { x: number; y: number; series: string }[],
  more: Spec[],
  colours: readonly string[]
): Spec {
  const side = Math.max(120, Math.min(width - 90, 270));
  const axis = { format: '.0%', tickCount: 5 };
  const scale = { domain: [0, 1] };
  return themed(
    {
      width: side,
      height: side,
      layer: [
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 2 },
          encoding: {
            x: numeric('x', { scale, axis: { ...axis, title: xTitle } }),
            y: numeric('y', { scale, axis: leftAxis(yTitle, axis) }),
            color: channel(names, colours),
            strokeDash: channel(names, DASHES)
          }
        },
        ...more
      ]
    },
    look,
    width
  );
}
