// Search, filters and order of a list: one line, and below it what is unfolded.
import { closeIcon, filterIcon } from '@jupyterlab/ui-components';
import type React from 'react';

import { LinkButton } from '../components/buttons';
import { useTrans } from '../components/context';
import { useId } from '../react';
import type { FilterField, Filters } from './filters';

export function SearchBar(props: {
  /** What is searched, as `Search packages`. */
  label: string;
  q: string;
  setQ: (q: string) => void;
  fields: readonly FilterField[];
  filters: Filters;
  setFilters: (filters: Filters) => void;
  sorts: readonly (readonly [string, string])[];
  sort: string;
  setSort: (sort: string) => void;
  open: boolean;
  setOpen: (open: boolean) => void;
  /** The arrow downwards: on to the list. */
  leave: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const id = useId();
  const { q, setQ, fields, filters, setFilters, open, setOpen } = props;
  const active = Object.values(filters).filter(Boolean).length;
  const filterLabel = active
    ? trans._n('Filters and order: %1 filter', 'Filters and order: %1 filters', active)
    : trans.__('Filters and order');
  return (
    <>
      <div className="jp-Registry-search" role="search" aria-label={props.label}>
        <input
          type="search"
          aria-label={props.label}
          placeholder={props.label}
          value={q}
          onChange={event => setQ(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && q) {
              event.stopPropagation();
              setQ('');
            } else if (event.key === 'ArrowDown') {
              event.preventDefault();
              props.leave();
            }
          }}
        />
        <button
          type="button"
          className={`jp-Registry-iconButton${active ? ' jp-mod-on' : ''}`}
          aria-expanded={open}
          aria-controls={id}
          aria-label={filterLabel}
          title={filterLabel}
          onClick={() => setOpen(!open)}
        >
          <filterIcon.react tag="span" width="16px" />
        </button>
      </div>
      <div id={id} className="jp-Registry-filters" hidden={!open}>
        {open &&
          fields.map(field => (
            <div key={field.id}>
              <label htmlFor={`${id}-${field.id}`}>{field.label}</label>
              {field.options ? (
                <Choice
                  id={`${id}-${field.id}`}
                  value={filters[field.id] ?? ''}
                  options={field.options}
                  choose={value => setFilters({ ...filters, [field.id]: value })}
                />
              ) : (
                <input
                  id={`${id}-${field.id}`}
                  type="text"
                  value={filters[field.id] ?? ''}
                  placeholder={field.placeholder}
                  onChange={event => setFilters({ ...filters, [field.id]: event.target.value })}
                />
              )}
            </div>
          ))}
        {open && (
          <div>
            <label htmlFor={`${id}-order`}>{trans.__('Order')}</label>
            <Choice
              id={`${id}-order`}
              value={props.sort}
              options={props.sorts}
              choose={props.setSort}
            />
          </div>
        )}
      </div>
    </>
  );
}

function Choice(props: {
  id: string;
  value: string;
  options: readonly (readonly [string, string])[];
  choose: (value: string) => void;
}): React.ReactElement {
  return (
    <select id={props.id} value={props.value} onChange={event => props.choose(event.target.value)}>
      {props.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** How many were found, said to screen readers too, and the way back to all. */
export function Found(props: { text: string; clear: () => void }): React.ReactElement {
  const trans = useTrans();
  return (
    <p className="jp-Registry-found">
      <span role="status">{props.text}</span>
      <LinkButton onClick={props.clear}>
        <closeIcon.react tag="span" width="12px" aria-hidden="true" /> {trans.__('Clear filters')}
      </LinkButton>
    </p>
  );
}
