// A section's list: what is asked for, what is in sight, and what can be done with a row.
import type React from 'react';

import { ConnectionLostError } from '../api/problems';
import type { EntityCommands, Failure } from '../commands/entities';
import { Button } from '../components/buttons';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { ProblemView } from '../components/ProblemView';
import { Spinner } from '../components/Progress';
import { VirtualList } from '../components/VirtualList';
import type { Change } from '../events/changes';
import { useChanges, useConnection, useSeen } from '../events/hooks';
import { count } from '../format/numbers';
import { useCallback, useEffect, useMemo, useRef, useState } from '../react';
import { dragCode } from './drag';
import { type FilterField, type Filters, isFiltered, type Question } from './filters';
import { useRemembered } from './memory';
import type { Page, PageOf } from './pages';
import { Found, SearchBar } from './SearchBar';
import { useSection } from './section';
import { usePages, useRested } from './usePages';

export interface EntityListProps<E extends { id: number }> {
  /** Under which its question is remembered. */
  id: string;
  label: string;
  searchLabel: string;
  commands: EntityCommands<E>;
  fields: readonly FilterField[];
  sorts: readonly (readonly [string, string])[];
  read: (question: Question, page: PageOf, signal: AbortSignal) => Promise<Page<E>>;
  /** Whether a change may have made what is in sight out of date. */
  concerns: (change: Change, isInSight: (id: number) => boolean) => boolean;
  name: (entity: E) => string;
  code: (entity: E) => string;
  rowHeight: number;
  row: (entity: E) => React.ReactNode;
  rowTitle: (entity: E) => string;
  /** The action of the key Delete; it asks. */
  deleteAction: string;
  /** What stands there when there is nothing at all. */
  empty: React.ReactElement;
}

export function EntityList<E extends { id: number }>(
  props: EntityListProps<E>
): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const connection = useConnection();
  const { commands } = props;
  const [q, setQ] = useRemembered<string>(`${props.id}.q`, '');
  const [filters, setFilters] = useRemembered<Filters>(`${props.id}.filters`, NONE);
  const [sort, setSort] = useRemembered<string>(`${props.id}.sort`, props.sorts[0][0]);
  const [open, setOpen] = useRemembered<boolean>(`${props.id}.open`, false);
  const box = useRef<HTMLDivElement>(null);

  const typed = JSON.stringify({ q, filters, sort } satisfies Question);
  const asked = useRested(typed);
  const pages = usePages<E>(
    (page, signal) => props.read(JSON.parse(asked) as Question, page, signal),
    asked
  );
  const seen = useSeen();
  useEffect(() => pages.see(seen), [pages, seen]);
  useChanges(change => {
    if (!change || props.concerns(change, id => pages.isInSight(id))) {
      pages.refresh();
    }
  });

  const { error, total } = pages;
  const lost = error instanceof ConnectionLostError;
  useEffect(() => {
    if (lost) {
      registry.changes.lose();
    }
  }, [lost, registry]);

  // what menus and palette say of the chosen row follows what was read
  const { chosen } = commands;
  const now = chosen && pages.item(pages.indexOf(chosen.id) ?? -1);
  useEffect(() => {
    if (now) {
      commands.choose(now);
    }
  }, [commands, now]);
  useEffect(() => () => commands.choose(undefined), [commands]);

  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    const fail = (_: unknown, failed: Failure) => setFailure(failed);
    commands.failed.connect(fail);
    return () => {
      commands.failed.disconnect(fail);
    };
  }, [commands]);

  const filtered = isFiltered({ q, filters });
  useSection(total, filtered);
  const clear = () => {
    setQ('');
    setFilters(NONE);
    box.current?.querySelector('input')?.focus();
  };
  const look = useCallback((first: number, last: number) => pages.look(first, last), [pages]);
  const list = useMemo(
    () => ({
      key: (index: number) => pages.item(index)?.id ?? `at ${index}`,
      find: (key: React.Key) => (typeof key === 'number' ? pages.indexOf(key) : undefined)
    }),
    [pages]
  );
  const withItem = (index: number, act: (item: E) => void) => {
    const item = pages.item(index);
    if (item) {
      act(item);
    }
  };
  const hasAsked = asked === typed;

  return (
    <div className="jp-Registry-entities" ref={box}>
      <SearchBar
        label={props.searchLabel}
        {...{ q, setQ, filters, setFilters, sort, setSort, open, setOpen }}
        fields={props.fields}
        sorts={props.sorts}
        leave={() => box.current?.querySelector<HTMLElement>('[role=listbox]')?.focus()}
      />
      {filtered && total !== undefined && (
        <Found text={trans._n('%2 found', '%2 found', total, count(total))} clear={clear} />
      )}
      {failure && (
        <div className="jp-Registry-notice">
          <p>{failure.label}</p>
          <ProblemView error={failure.error} dismiss={() => setFailure(undefined)} />
        </div>
      )}
      {error !== undefined && !lost && (
        <div className="jp-Registry-notice">
          <ProblemView error={error} retry={() => pages.refresh()} />
        </div>
      )}
      {total === undefined ? (
        // a lost connection is said once, above
        error === undefined || (lost && connection === 'lost') ? (
          <Spinner />
        ) : null
      ) : total > 0 ? (
        <VirtualList
          generation={pages.generation}
          label={props.label}
          count={total}
          rowHeight={props.rowHeight}
          rowKey={list.key}
          find={list.find}
          onRange={look}
          onOpen={index => withItem(index, item => commands.open(item))}
          onActive={index => withItem(index, item => commands.choose(item))}
          onMenu={(index, x, y) => withItem(index, item => void commands.menu(item, x, y))}
          onKey={(index, event) => {
            if (event.key === 'Delete') {
              event.preventDefault();
              event.stopPropagation();
              withItem(index, item => commands.run(props.deleteAction, item));
            }
          }}
          onRowMouseDown={(index, event) =>
            withItem(index, item => dragCode(event, props.name(item), props.code(item)))
          }
          rowTitle={index => {
            const item = pages.item(index);
            return item && props.rowTitle(item);
          }}
          row={index => {
            const item = pages.item(index);
            return item ? (
              props.row(item)
            ) : (
              <span className="jp-Registry-waiting" aria-label={trans.__('Loading…')} />
            );
          }}
        />
      ) : filtered || !hasAsked ? (
        <EmptyState title={trans.__('Nothing matches.')}>
          <Button onClick={clear}>{trans.__('Clear filters')}</Button>
        </EmptyState>
      ) : (
        props.empty
      )}
    </div>
  );
}

const NONE: Filters = {};
