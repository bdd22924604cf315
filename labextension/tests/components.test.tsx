// Small components by keyboard and by what a screen reader gets.
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';

import { ProblemError } from '../src/api/problems';
import { EditableText } from '../src/components/EditableText';
import { Field } from '../src/components/Field';
import { ProblemView } from '../src/components/ProblemView';
import { numberColumns, RowsTable } from '../src/components/RowsTable';
import { points } from '../src/components/Sparkline';
import { StatusLight } from '../src/components/StatusLight';
import { Tabs } from '../src/components/Tabs';
import { rowsInSight, VirtualList } from '../src/components/VirtualList';

describe('RowsTable', () => {
  it('has numbers on the right', () => {
    const columns = ['id', 'score', 'note'];
    const rows = [
      ['7', '-1.5e-3', '12'],
      ['a8', '', 'x'],
      ['9', 'NaN', '3.0.1']
    ];
    expect(numberColumns(columns, rows)).toEqual([1]);
    expect(numberColumns(columns, [['', '.5', '1,000']])).toEqual([1]);
    expect(numberColumns(columns, [])).toEqual([]);
    const numbers = numberColumns(columns, rows);
    render(<RowsTable label="Scores" columns={columns} rows={rows} numbers={numbers} />);
    const look = (text: string) => screen.getByText(text).classList.contains('jp-mod-number');
    expect([look('score'), look('-1.5e-3'), look('a8'), look('12')]).toEqual([
      true,
      true,
      false,
      false
    ]);
  });
});

describe('VirtualList', () => {
  it('draws what is in sight alone', () => {
    expect(rowsInSight(0, 440, 44, 100_000)).toEqual([0, 16]);
    expect(rowsInSight(44_000, 440, 44, 100_000)).toEqual([994, 1016]);
    expect(rowsInSight(0, 440, 44, 3)).toEqual([0, 2]);
    expect(rowsInSight(0, 440, 44, 0)).toEqual([0, -1]);
    expect(rowsInSight(10_000, 440, 44, 5)).toEqual([4, 4]);
  });

  it('goes by keys, opens and asks for the menu', () => {
    const open = vi.fn();
    const menu = vi.fn();
    const other = vi.fn();
    render(
      <VirtualList
        label="Things"
        count={100}
        rowHeight={20}
        row={index => `thing ${index}`}
        onOpen={open}
        onMenu={menu}
        onKey={other}
      />
    );
    const list = screen.getByRole('listbox', { name: 'Things' });
    const press = (key: string, more = {}) => fireEvent.keyDown(list, { key, ...more });
    const active = () => document.querySelector('[aria-selected=true]')?.textContent;
    expect(active()).toBe('thing 0');
    press('ArrowUp');
    expect(active()).toBe('thing 0');
    press('ArrowDown');
    press('ArrowDown');
    expect(active()).toBe('thing 2');
    expect(list.getAttribute('aria-activedescendant')).toBe(
      document.querySelector('[aria-selected=true]')?.id
    );
    press('Enter');
    expect(open).toHaveBeenLastCalledWith(2);
    press('F10', { shiftKey: true });
    expect(menu.mock.lastCall?.[0]).toBe(2);
    press('Delete');
    expect(other.mock.lastCall?.[0]).toBe(2);
    press('End');
    press('Enter');
    expect(open).toHaveBeenLastCalledWith(99);
  });
});

describe('Tabs', () => {
  function Shell() {
    const [selected, select] = useState('a');
    const items = ['a', 'b', 'c'].map(id => ({ id, label: id.toUpperCase() }));
    return (
      <Tabs label="Parts" items={items} selected={selected} select={select}>
        {selected}
      </Tabs>
    );
  }

  it('moves by arrows, round the end, and names the panel', () => {
    render(<Shell />);
    fireEvent.keyDown(screen.getByRole('tab', { name: 'A' }), { key: 'ArrowLeft' });
    expect(screen.getByRole('tabpanel', { name: 'C' }).textContent).toBe('c');
    expect(document.activeElement?.textContent).toBe('C');
    fireEvent.keyDown(screen.getByRole('tab', { name: 'C' }), { key: 'ArrowRight' });
    expect(screen.getByRole('tab', { name: 'A' }).getAttribute('aria-selected')).toBe('true');
  });
});

describe('EditableText', () => {
  it('keeps what was typed when saving fails', async () => {
    const save = vi.fn(() => Promise.reject(new Error('no')));
    render(<EditableText label="Description" value="old" save={save} />);
    fireEvent.click(screen.getByRole('button', { name: 'Description: old. Edit' }));
    const input = screen.getByRole('textbox', { name: 'Description' });
    expect(document.activeElement).toBe(input);
    fireEvent.change(input, { target: { value: 'new' } });
    await act(async () => {
      fireEvent.keyDown(input, { key: 'Enter' });
      await Promise.resolve();
    });
    expect(save).toHaveBeenCalledWith('new');
    expect(screen.getByRole('alert').textContent).toContain('no');
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('new');
    fireEvent.keyDown(input, { key: 'Escape' });
    expect(document.activeElement?.textContent).toBe('old');
  });
});

describe('Field', () => {
  it('ties help and error to the input', () => {
    render(
      <Field label="Name" help="A name" error="is empty" required>
        {input => <input {...input} />}
      </Field>
    );
    const input = screen.getByLabelText(/Name/);
    const described = input.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(described.map(id => document.getElementById(id)?.textContent)).toEqual([
      'A name',
      'is empty'
    ]);
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });
});

describe('others', () => {
  it('shows a problem with its advice and tries again', () => {
    const retry = vi.fn();
    const error = new ProblemError({
      type: 'urn:jupyter-registry:Conflict',
      title: 'Conflict',
      status: 409,
      detail: 'It is in service.',
      advice: 'Replace it first.',
      fields: {}
    });
    render(<ProblemView error={error} retry={retry} />);
    expect(screen.getByRole('alert').textContent).toContain('Replace it first.');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('says a status in words', () => {
    render(<StatusLight status="failing" label="Drift" reason="age: PSI 0.4" />);
    expect(screen.getByRole('img', { name: 'Drift: failing. age: PSI 0.4' })).toBeDefined();
  });

  it('draws a sparkline from 0 at the bottom to the highest at the top', () => {
    expect(points([0, 5, 10], 22, 12)).toBe('1.0,11.0 11.0,6.0 21.0,1.0');
    expect(points([0, 0], 22, 12)).toBe('1.0,11.0 21.0,11.0');
  });
});
