// A training that was begun before the page was loaded again: the form finds its job.
import { render, screen } from '@testing-library/react';
import type React from 'react';
import { describe, expect, it, vi } from 'vitest';

import { type Surroundings, SurroundingsProvider } from '../src/components/context';
import { KeepProvider } from '../src/components/kept';
import { useTrainingJob } from '../src/documents/leaderboard/useTrainingJob';

function Form(props: { done: () => void }): React.ReactElement {
  const { waiting, error } = useTrainingJob('mine', props.done);
  return <p>{waiting ? 'waiting' : error instanceof Error ? error.message : 'ready'}</p>;
}

function shown(jobs: object[], one: object, kept = {}) {
  const api = {
    trainingJobs: vi.fn(() => Promise.resolve(jobs)),
    trainingJob: vi.fn(() => Promise.resolve(one))
  };
  const openLeaderboard = vi.fn(() => Promise.resolve());
  const done = vi.fn();
  const registry = { api, openLeaderboard };
  render(
    <SurroundingsProvider value={{ registry, remember: vi.fn() } as unknown as Surroundings}>
      <KeepProvider kept={kept}>
        <Form done={done} />
      </KeepProvider>
    </SurroundingsProvider>
  );
  return { api, openLeaderboard, done };
}

const other = { id: 'a', token: 'another', state: 'running' };
const mine = { id: 'b', token: 'mine', state: 'starting' };

describe('a form that was loaded again', () => {
  it('waits for the job that it began, though it had no answer', async () => {
    const { api } = shown([other, mine], mine);
    expect(await screen.findByText('waiting')).toBeTruthy();
    expect(api.trainingJob.mock.calls[0]).toContain('b');
  });

  it('finds one of which the server hears after the form', async () => {
    const { api } = shown([other, mine], mine);
    api.trainingJobs.mockResolvedValueOnce([other]);
    await vi.waitFor(() => expect(screen.getByText('waiting')).toBeTruthy(), 5_000);
    expect(api.trainingJobs).toHaveBeenCalledTimes(2);
  });

  it('finds a later one than it remembers', async () => {
    const refused = { ...mine, state: 'failed', log: 'There is one class.' };
    const later = { ...mine, id: 'c', state: 'running' };
    const { api } = shown([refused], refused, { job: 'b' });
    expect(await screen.findByText('There is one class.')).toBeTruthy();
    api.trainingJobs.mockResolvedValue([later, refused]);
    api.trainingJob.mockResolvedValue(later);
    await vi.waitFor(() => expect(screen.getByText('waiting')).toBeTruthy(), 5_000);
    expect(api.trainingJob.mock.calls.at(-1)).toContain('c');
  });

  it('opens the leaderboard that came of it meanwhile', async () => {
    const ended = { ...mine, state: 'done', leaderboard_id: 7 };
    const { openLeaderboard, done } = shown([ended], ended);
    await vi.waitFor(() => expect(done).toHaveBeenCalled());
    expect(openLeaderboard).toHaveBeenCalledWith(7);
  });

  it('says why it was refused, once', async () => {
    const refused = { ...mine, state: 'failed', log: 'There is one class.' };
    shown([refused], refused);
    expect(await screen.findByText('There is one class.')).toBeTruthy();
    const { api } = shown([refused], refused, { ended: 'b' });
    await vi.waitFor(() => expect(api.trainingJobs).toHaveBeenCalled());
    expect(screen.getByText('ready')).toBeTruthy();
    expect(api.trainingJob).not.toHaveBeenCalled();
  });

  it('knows nothing of others’ jobs, and of those that were cancelled', async () => {
    const { api } = shown([other, { ...mine, state: 'stopped' }], mine);
    await vi.waitFor(() => expect(api.trainingJobs).toHaveBeenCalled());
    expect(screen.getByText('ready')).toBeTruthy();
    expect(api.trainingJob).not.toHaveBeenCalled();
  });
});
