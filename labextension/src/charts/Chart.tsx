// A chart with its title, its numbers as a table, and its exports; the old one stays until the
// next is drawn.
import type React from 'react';

import { LinkButton } from '../components/buttons';
import { useSurroundings, useTrans } from '../components/context';
import { ProblemView } from '../components/ProblemView';
import { useEffect, useId, useMemo, useRef, useState } from '../react';
import { fileName, pngOf, save, svgText } from './export';
import { useLook } from './look';
import { canDraw, draw, type Drawn } from './renderer';
import type { Drawing, Spec } from './spec';
import { csv } from './table';
import { TableView } from './TableView';
import { useWidth } from './useWidth';

export function Chart(props: {
  drawing: Drawing;
  /** What the numbers are of; begins the names of exported files. */
  subject: string;
}): React.ReactElement {
  const { drawing, subject } = props;
  const { rendermime } = useSurroundings();
  const trans = useTrans();
  const id = useId();
  const [host, setHost] = useState<HTMLElement | null>(null);
  const look = useLook(host);
  const width = useWidth(host);
  const [tabled, setTabled] = useState(false);
  const [error, setError] = useState<unknown>();
  const shown = useRef<Drawn>();
  const able = canDraw(rendermime);

  const text = useMemo(
    () =>
      look && width
        ? JSON.stringify(drawing.spec(Math.min(width, drawing.width ?? Infinity), look))
        : undefined,
    [drawing, look, width]
  );

  useEffect(() => {
    if (!host || !look || text === undefined || !rendermime || !able) {
      return;
    }
    let stale = false;
    draw(rendermime, host, JSON.parse(text) as Spec, look).then(
      drawn => {
        if (stale) {
          drawn.dispose();
          return;
        }
        shown.current?.dispose();
        shown.current = drawn;
        drawn.node.style.position = drawn.node.style.visibility = '';
        setError(undefined);
      },
      (reason: unknown) => {
        if (!stale) {
          setError(reason);
        }
      }
    );
    return () => {
      stale = true;
    };
    // the look is in the text
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [host, text, rendermime, able]);

  useEffect(() => () => shown.current?.dispose(), []);

  const name = fileName(`${subject} ${drawing.name}`);
  const exportAs = (make: () => Promise<Blob> | Blob, suffix: string) => async () => {
    try {
      save(await make(), `${name}.${suffix}`);
      setError(undefined);
    } catch (reason) {
      setError(reason);
    }
  };
  const picture = () => {
    const svg = shown.current?.svg;
    if (!svg) {
      throw new Error(trans.__('Nothing is drawn yet.'));
    }
    return svg;
  };
  const asSvg = () => new Blob([svgText(picture(), drawing.title)], { type: 'image/svg+xml' });
  const asPng = async () => {
    const svg = picture();
    const [wide, high] = [svg.width.baseVal.value, svg.height.baseVal.value];
    return pngOf(svgText(svg, drawing.title), wide, high);
  };
  const asCsv = () => new Blob([csv(drawing.table)], { type: 'text/csv;charset=utf-8' });

  return (
    <figure
      className="jp-Registry-chart"
      aria-labelledby={`${id}-title`}
      style={drawing.width ? { maxWidth: drawing.width } : undefined}
    >
      <figcaption id={`${id}-title`}>{drawing.title}</figcaption>
      {able ? (
        <div
          ref={setHost}
          className="jp-Registry-chartPicture"
          role="img"
          aria-label={drawing.description}
          style={{ minHeight: drawing.height }}
        />
      ) : (
        <p className="jp-Registry-muted">
          {trans.__(
            'Charts need the Vega renderer of JupyterLab, which is missing or disabled here; the numbers are below.'
          )}
        </p>
      )}
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
      <div className="jp-Registry-chartTools" role="group" aria-label={trans.__('Of the chart')}>
        <LinkButton
          aria-expanded={tabled || !able}
          aria-controls={`${id}-table`}
          onClick={() => setTabled(!tabled)}
        >
          {trans.__('Table')}
        </LinkButton>
        {able && (
          <>
            <LinkButton
              aria-label={trans.__('Save as PNG')}
              onClick={() => void exportAs(asPng, 'png')()}
            >
              PNG
            </LinkButton>
            <LinkButton
              aria-label={trans.__('Save as SVG')}
              onClick={() => void exportAs(asSvg, 'svg')()}
            >
              SVG
            </LinkButton>
          </>
        )}
        <LinkButton
          aria-label={trans.__('Save as CSV')}
          onClick={() => void exportAs(asCsv, 'csv')()}
        >
          CSV
        </LinkButton>
      </div>
      <div id={`${id}-table`} hidden={!tabled && able}>
        {(tabled || !able) && <TableView label={drawing.title} table={drawing.table} />}
      </div>
    </figure>
  );
}
