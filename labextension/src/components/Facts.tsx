// Names and values, one pair a line; pairs without a value are left out.
import type React from 'react';

export function Facts(props: {
  facts: readonly (readonly [string, React.ReactNode])[];
}): React.ReactElement {
  const said = props.facts.filter(
    ([, value]) => value !== undefined && value !== null && value !== ''
  );
  return (
    <dl className="jp-Registry-factList">
      {said.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
