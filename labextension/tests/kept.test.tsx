// State that outlives its view, and changes that come thick.
import { fireEvent, render, screen } from '@testing-library/react';
import type React from 'react';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { type Surroundings, SurroundingsProvider } from '../src/components/context';
import { KeepProvider, useKept } from '../src/components/kept';
import { useThrottled } from '../src/events/throttled';

function Input(props: { name: string; saved?: boolean }): React.ReactElement {
  const [text, setText] = useKept(props.name, '', props.saved);
  return (
    <input aria-label={props.name} value={text} onChange={event => setText(event.target.value)} />
  );
}

function Shell(): React.ReactElement {
  const [shown, show] = useState(true);
  return (
    <>
      <button onClick={() => show(!shown)}>turn</button>
      {shown && (
        <>
          <Input name="kept" />
          <Input name="saved" saved />
        </>
      )}
    </>
  );
}

const value = (name: string) => screen.getByLabelText<HTMLInputElement>(name).value;
const type = (name: string, text: string) =>
  fireEvent.change(screen.getByLabelText(name), { target: { value: text } });

describe('what is kept', () => {
  const panel = (remember: Surroundings['remember'], kept = {}) => (
    <SurroundingsProvider value={{ remember } as Surroundings}>
      <KeepProvider kept={kept}>
        <Shell />
      </KeepProvider>
    </SurroundingsProvider>
  );

  it('is there when the view is shown again', () => {
    const remember = vi.fn();
    render(panel(remember));
    type('kept', 'half');
    type('saved', 'words');
    expect(remember.mock.calls).toEqual([[{ kept: { saved: 'words' } }]]);
    fireEvent.click(screen.getByText('turn'));
    expect(screen.queryByLabelText('kept')).toBeNull();
    fireEvent.click(screen.getByText('turn'));
    expect([value('kept'), value('saved')]).toEqual(['half', 'words']);
  });

  it('is there after a reload, if it was saved', () => {
    const remember = vi.fn();
    render(panel(remember, { saved: 'words', other: 1 }));
    expect([value('kept'), value('saved')]).toEqual(['', 'words']);
    type('saved', 'more');
    expect(remember).toHaveBeenLastCalledWith({ kept: { saved: 'more', other: 1 } });
  });

  it('works without a panel around it', () => {
    render(<Shell />);
    type('kept', 'half');
    expect(value('kept')).toBe('half');
  });
});

describe('useThrottled', () => {
  afterEach(() => vi.useRealTimers());

  it('runs at once, then now and then, and does not lose the last', () => {
    vi.useFakeTimers();
    const run = vi.fn();
    let call = () => {};
    function View(): null {
      call = useThrottled(run, 1000);
      return null;
    }
    const { unmount } = render(<View />);
    call();
    expect(run).toHaveBeenCalledTimes(1);
    for (let turn = 0; turn < 5; turn++) {
      vi.advanceTimersByTime(100);
      call();
    }
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(600);
    expect(run).toHaveBeenCalledTimes(2);
    call();
    unmount();
    vi.advanceTimersByTime(5000);
    expect(run).toHaveBeenCalledTimes(2);
  });
});
