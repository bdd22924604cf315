// Of a package: the columns that its model takes, and rows to try it with.
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { useTrans } from '../../../components/context';
import { EmptyState } from '../../../components/EmptyState';
import { numberColumns, RowsTable } from '../../../components/RowsTable';
import { useState } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { columnsOf, valueText } from '../shape';

/** From so many columns on they can be searched. */
const MANY = 15;

export const signature: PanelTab<PackagePublic> = {
  id: 'signature',
  rank: 10,
  label: trans => trans.__('Signature'),
  component: Signature
};

function Signature({ entity }: { entity: PackagePublic }): React.ReactElement {
  const trans = useTrans();
  const [sought, setSought] = useState('');
  const columns = columnsOf(entity);
  const example = (entity.input_example ?? []).map(row =>
    columns.map(({ name }) => valueText(row[name]))
  );
  if (!columns.length) {
    return (
      <EmptyState title={trans.__('Its columns are not known.')}>
        {trans.__('It was registered without a signature; a new version can have one.')}
      </EmptyState>
    );
  }
  const found = columns.filter(({ name }) =>
    name.toLocaleLowerCase().includes(sought.trim().toLocaleLowerCase())
  );
  return (
    <>
      <p className="jp-Registry-muted jp-Registry-inset">
        {trans._n('%1 column goes in.', '%1 columns go in.', columns.length)}
      </p>
      {columns.length >= MANY && (
        <input
          type="search"
          className="jp-Registry-narrow"
          aria-label={trans.__('Search columns')}
          placeholder={trans.__('Search columns')}
          value={sought}
          onChange={event => setSought(event.target.value)}
        />
      )}
      <RowsTable
        label={trans.__('Columns')}
        columns={[trans.__('Column'), trans.__('Type'), trans.__('May be missing')]}
        rows={found.map(({ name, dtype, nullable }) => [
          name,
          dtype,
          nullable ? trans.__('yes') : trans.__('no')
        ])}
      />
      {example.length > 0 && (
        <>
          <h2 className="jp-Registry-partTitle">
            {trans.__('Example')}{' '}
            <span className="jp-Registry-muted">
              {trans._n('%1 row', '%1 rows', example.length)}
            </span>
          </h2>
          <RowsTable
            label={trans.__('Example')}
            columns={columns.map(({ name }) => name)}
            rows={example}
            numbers={numberColumns(columns, example)}
          />
        </>
      )}
    </>
  );
}
