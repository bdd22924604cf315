// Two versions side by side: what differs is marked by a sign, in relief, and counted.
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { useState } from '../../../react';
import { compare, type ComparedPart } from './compare';

export function Comparison(props: { left: number; right: number }): React.ReactElement {
  const { left, right } = props;
  const { api } = useRegistry();
  const trans = useTrans();
  const [all, setAll] = useState(false);
  const { data, error, reload } = useAnswer(
    signal => Promise.all([api.package(left, signal), api.package(right, signal)]),
    [left, right],
    true
  );
  useChanges(change => {
    if (!change || (change.entity === 'package' && [left, right].includes(change.id))) {
      reload();
    }
  });
  if (error !== undefined) {
    return <ProblemView error={error} retry={reload} />;
  }
  if (!data) {
    return <Spinner />;
  }
  const parts = compare(...data, trans);
  const differences = parts.reduce((sum, part) => sum + part.differences, 0);
  return (
    <section className="jp-Registry-comparison" aria-label={trans.__('Comparison')}>
      <p role="status">
        {differences
          ? trans._n('%1 difference', '%1 differences', differences)
          : trans.__('Nothing that is recorded differs.')}
      </p>
      <label className="jp-Registry-check">
        <input type="checkbox" checked={all} onChange={event => setAll(event.target.checked)} />
        {trans.__('Show what is the same, too')}
      </label>
      {parts.map(part => (
        <Part key={part.id} part={part} sides={data} all={all} />
      ))}
    </section>
  );
}

function Part(props: {
  part: ComparedPart;
  sides: readonly PackagePublic[];
  all: boolean;
}): React.ReactElement {
  const { part, sides, all } = props;
  const trans = useTrans();
  const rows = part.rows.filter(row => all || row.differs);
  return (
    <>
      <h2 className="jp-Registry-partTitle">
        {part.title}{' '}
        <span className="jp-Registry-muted">
          {part.differences
            ? trans._n('%1 difference', '%1 differences', part.differences)
            : trans.__('the same')}
        </span>
      </h2>
      {rows.length > 0 && (
        <div className="jp-Registry-tableBox" role="region" aria-label={part.title} tabIndex={0}>
          <table className="jp-Registry-table jp-mod-compared">
            <thead>
              <tr>
                <th scope="col">
                  <span className="jp-Registry-unseen">{trans.__('Name')}</span>
                </th>
                {sides.map((side, at) => (
                  <th key={at} scope="col">
                    {side.name}/{side.version}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr key={row.name} className={row.differs ? 'jp-mod-differs' : undefined}>
                  <th scope="row">
                    {row.differs && (
                      <span role="img" aria-label={trans.__('differs:')}>
                        ≠{' '}
                      </span>
                    )}
                    {row.name}
                  </th>
                  <td>{row.left ?? '–'}</td>
                  <td>{row.right ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
