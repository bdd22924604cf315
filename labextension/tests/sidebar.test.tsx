// The sidebar's questions, rows and commands.
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';

import { deploymentCode, packageCode } from '../src/commands/code';
import { EntityCommands, type Failure } from '../src/commands/entities';
import { VirtualList } from '../src/components/VirtualList';
import { Contributions } from '../src/contributions';
import { deploymentQuery, isFiltered, packageQuery } from '../src/sidebar/filters';
import { SidebarMemory } from '../src/sidebar/memory';
import type { EntityAction } from '../src/tokens';

const trans = nullTranslator.load('jupyter_registry');

describe('questions', () => {
  it('ask for the latest versions unless others are wanted', () => {
    const sort = '-created_at';
    expect(packageQuery({ q: ' churn ', filters: { kind: 'custom', tag: '' }, sort })).toEqual({
      q: 'churn',
      kind: 'custom',
      latest: true,
      sort
    });
    expect(packageQuery({ q: '', filters: { versions: 'all' }, sort })).toEqual({ sort });
    expect(packageQuery({ q: '', filters: { versions: 'archived' }, sort })).toEqual({
      archived: 'true',
      sort
    });
    expect(deploymentQuery({ q: '', filters: { drift: 'failing' }, sort })).toEqual({
      drift: 'failing',
      status: true,
      sort
    });
  });

  it('know when they narrow down', () => {
    expect(isFiltered({ q: '  ', filters: { kind: '' } })).toBe(false);
    expect(isFiltered({ q: '', filters: { kind: 'custom' } })).toBe(true);
  });
});

describe('code', () => {
  it('quotes what Python would misread', () => {
    expect(packageCode({ name: 'a"b\\c', version: 3 })).toContain('.package("a\\"b\\\\c", 3)');
    expect(deploymentCode({ label: 'churn eu' })).toContain('.deployment("churn eu")');
  });
});

describe('memory', () => {
  it('keeps what is set, and takes what was kept, the newer first', async () => {
    const kept: Record<string, unknown> = { 'jupyter-registry:sidebar': { a: 1, b: 2 } };
    const memory = new SidebarMemory({
      fetch: id => Promise.resolve(kept[id]),
      save: (id, value) => Promise.resolve((kept[id] = value))
    });
    memory.set('b', 3);
    await memory.load();
    expect([memory.get('a'), memory.get('b')]).toEqual([undefined, 3]);
    const again = new SidebarMemory({
      fetch: () => Promise.resolve({ a: 1 }),
      save: () => Promise.reject(new Error('full'))
    });
    await again.load();
    expect(again.get('a')).toBe(1);
    again.set('a', 2);
    expect(again.get('a')).toBe(2);
  });
});

type Thing = { id: number; done: boolean };

function commandsOf(read: (id: number) => Promise<Thing>) {
  const commands = new CommandRegistry();
  const actions = new Contributions<EntityAction<Thing>>();
  const done: number[] = [];
  actions.add({
    id: 'finish',
    label: () => 'Finish',
    applies: thing => !thing.done,
    execute: thing => Promise.resolve(void done.push(thing.id))
  });
  const front: { id?: number } = {};
  const made = new EntityCommands<Thing>({
    noun: 'package',
    label: 'thing',
    commands,
    trans,
    actions,
    open: 'open',
    read,
    name: thing => `thing ${thing.id}`,
    inFront: () => front.id
  });
  return { commands, actions, done, front, made };
}

describe('commands of entities', () => {
  const FINISH = 'jupyter-registry:package-finish';

  it('are for the id given, the panel in front, or the chosen row, in that order', async () => {
    const { commands, done, front, made } = commandsOf(id => Promise.resolve({ id, done: false }));
    expect(commands.isEnabled(FINISH)).toBe(false);
    made.choose({ id: 1, done: false });
    expect(commands.label(FINISH)).toBe('Finish: thing 1');
    await commands.execute(FINISH);
    front.id = 2;
    expect(commands.label(FINISH)).toBe('Finish: thing');
    await commands.execute(FINISH);
    await commands.execute(FINISH, { id: 3 });
    expect(done).toEqual([1, 2, 3]);
  });

  it('are there for what applies, and as long as their action', () => {
    const { commands, actions, made } = commandsOf(id => Promise.resolve({ id, done: true }));
    made.choose({ id: 1, done: true });
    expect(commands.isVisible(FINISH, { id: 1 })).toBe(false);
    expect(made.run('finish', { id: 1, done: true })).toBe(false);
    expect(made.run('other', { id: 1, done: true })).toBe(false);
    const added = actions.add({ id: 'more', label: () => 'More', execute: vi.fn() });
    expect(made.ids).toContain('jupyter-registry:package-more');
    expect(commands.hasCommand('jupyter-registry:package-more')).toBe(true);
    added.dispose();
    expect(commands.hasCommand('jupyter-registry:package-more')).toBe(false);
  });

  it('tell the sidebar what went wrong there', async () => {
    const { done, made } = commandsOf(() => Promise.reject(new Error('gone')));
    const failures: Failure[] = [];
    made.failed.connect((_, failure) => failures.push(failure));
    expect(made.run('finish', { id: 1, done: false })).toBe(true);
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    expect(failures[0]).toMatchObject({ label: 'Finish', error: new Error('gone') });
    expect(done).toEqual([]);
  });
});

describe('a list that changes', () => {
  function Changing(props: { onOpen: (id: number) => void }) {
    const [ids, setIds] = useState([1, 2, 3]);
    return (
      <>
        <button onClick={() => setIds([0, ...ids])}>put in</button>
        <VirtualList
          label="Things"
          count={ids.length}
          rowHeight={20}
          rowKey={index => ids[index]}
          find={key => (ids.includes(key as number) ? ids.indexOf(key as number) : undefined)}
          row={index => `thing ${ids[index]}`}
          onOpen={index => props.onOpen(ids[index])}
        />
      </>
    );
  }

  it('keeps the chosen row chosen', () => {
    const open = vi.fn();
    render(<Changing onOpen={open} />);
    const list = screen.getByRole('listbox');
    fireEvent.keyDown(list, { key: 'ArrowDown' });
    act(() => screen.getByText('put in').click());
    expect(document.querySelector('[aria-selected=true]')?.textContent).toBe('thing 2');
    fireEvent.keyDown(list, { key: 'Enter' });
    expect(open).toHaveBeenCalledWith(2);
  });

  it('begins at the top with the answer to another question, and keeps the focus', () => {
    const range = vi.fn();
    const list = (generation: number, name: string) => (
      <VirtualList
        label="Things"
        generation={generation}
        count={100}
        rowHeight={20}
        onRange={range}
        row={index => `${name} ${index}`}
        onOpen={() => undefined}
      />
    );
    const { rerender } = render(list(1, 'thing'));
    const box = screen.getByRole('listbox');
    box.focus();
    fireEvent.keyDown(box, { key: 'End' });
    expect(document.querySelector('[aria-selected=true]')?.textContent).toBe('thing 99');
    expect(box.scrollTop).toBe(2000);
    fireEvent.scroll(box);
    range.mockClear();
    rerender(list(2, 'other'));
    expect(document.activeElement).toBe(screen.getByRole('listbox'));
    expect(box.scrollTop).toBe(0);
    expect(document.querySelector('[aria-selected=true]')?.textContent).toBe('other 0');
    // what is in sight is told again, though it may be the same places
    expect(range).toHaveBeenLastCalledWith(0, 6);
    range.mockClear();
    rerender(list(3, 'third'));
    expect(range).toHaveBeenLastCalledWith(0, 6);
  });
});
