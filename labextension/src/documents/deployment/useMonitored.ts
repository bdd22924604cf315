// A reading of a deployment with its history and the rules that it is judged by: kept until the next is there, followed live.
import type { MonitoringRules, ServicePeriod } from '../../api/types';
import { useRegistry } from '../../components/context';
import { type Answer, useAnswer } from '../../components/useAnswer';
import { useLive } from './useLive';

interface Reading<T> {
  read: T;
  history: readonly ServicePeriod[];
  rules: MonitoringRules;
}

export interface Monitored<T> extends Answer<Reading<T>> {
  history: readonly ServicePeriod[];
}

/** `read` asks the server; what it depends on is in `question`. */
export function useMonitored<T>(
  deployment: number,
  read: (signal: AbortSignal) => Promise<T>,
  question: readonly unknown[]
): Monitored<T> {
  const { api } = useRegistry();
  const answer = useAnswer(
    async signal => {
      const [found, history, rules] = await Promise.all([
        read(signal),
        api.history(deployment, signal),
        api.rules()
      ]);
      return { read: found, history, rules };
    },
    [deployment, ...question],
    true
  );
  useLive(deployment, answer.reload);
  return { ...answer, history: answer.data?.history ?? [] };
}
