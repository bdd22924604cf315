// Service health over time: requests, the shares that failed, and how long answers took.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Health, HealthBucket, HealthRules } from '../../../api/types';
import {
  barEnds,
  bars,
  type Datum,
  type Drawing,
  inner,
  leftAxis,
  limitLayers,
  lines,
  markRoom,
  middle,
  numeric,
  themed,
  timeAxis,
  told,
  withMarks
} from '../../../charts/spec';
import { statusName } from '../../../components/StatusLight';
import { count, measure, percent } from '../../../format/numbers';
import { type Column, marksOf, tableOf } from './timeline';

/** From this ratio of the longest to the shortest on, an axis of durations is logarithmic. */
const FAR = 8;
/** Milliseconds that are marked on it. */
const TICKS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6];

/** Requests by bucket: answered, refused and failed ones on top of each other. */
export function requestsOverTime(health: Health, trans: TranslationBundle): Drawing {
  const buckets = health.buckets ?? [];
  const names = [
    trans.__('failed (status 5xx)'),
    trans.__('refused (status 4xx)'),
    trans.__('answered')
  ];
  const parts = (bucket: HealthBucket) => {
    const failed = bucket.server_errors ?? 0;
    const refused = bucket.client_errors ?? 0;
    return [failed, refused, Math.max(0, (bucket.requests ?? 0) - failed - refused)];
  };
  const marks = marksOf(health.replacements, trans);
  const requests = buckets.map(bucket => bucket.requests ?? 0);
  return {
    name: 'requests',
    title: trans.__('Requests'),
    description: trans.__(
      'Requests by %1: %2 in all, at most %3 at a time',
      health.bucket,
      count(requests.reduce((a, b) => a + b, 0)),
      count(requests.reduce((a, b) => Math.max(a, b), 0))
    ),
    height: 226 + markRoom(marks),
    spec: (width, look) => {
      // from the bottom: what failed stands where it is seen
      const rows = buckets.flatMap(bucket => {
        let high = 0;
        return parts(bucket).map((n, at) => {
          const low = high;
          high += n;
          return { ...barEnds(bucket), series: names[at], low, high };
        });
      });
      const x = timeAxis(buckets, trans.__('time of request (UTC)'));
      const axis = leftAxis(trans.__('requests'), { format: '~s', tickMinStep: 1 });
      const colours = [look.series[1], look.series[3], look.series[0]];
      return themed(
        {
          width: inner(width),
          height: 150,
          layer: withMarks([bars(rows, names, colours, x, axis)], marks, x, width, look)
        },
        look,
        width
      );
    },
    table: tableOf(
      buckets,
      [
        [trans.__('requests'), at => requests[at]],
        [trans.__('rows'), at => buckets[at].rows ?? 0],
        [names[1], at => buckets[at].client_errors ?? 0],
        [names[0], at => buckets[at].server_errors ?? 0]
      ],
      trans
    )
  };
}

/** Shares of requests that were refused and that failed, with what is too much. */
export function errorsOverTime(
  health: Health,
  rules: HealthRules,
  trans: TranslationBundle
): Drawing {
  const buckets = health.buckets ?? [];
  const names = [trans.__('refused (status 4xx)'), trans.__('failed (status 5xx)')];
  const share = (bucket: HealthBucket, errors: number | undefined) =>
    bucket.requests ? (errors ?? 0) / bucket.requests : null;
  const refused = buckets.map(bucket => share(bucket, bucket.client_errors));
  const failed = buckets.map(bucket => share(bucket, bucket.server_errors));
  return {
    name: 'errors',
    title: trans.__('Errors'),
    description: `${told(names[0], refused, percent, trans)}; ${told(names[1], failed, percent, trans)}`,
    height: 226,
    spec: (width, look) => {
      const rows: Datum[] = buckets.flatMap((bucket, at) => [
        { time: middle(bucket), series: names[0], value: refused[at] },
        { time: middle(bucket), series: names[1], value: failed[at] }
      ]);
      const limits = [
        {
          value: rules.warning_client_errors,
          text: trans.__('refused: %1', statusName('warning', trans))
        },
        {
          value: rules.failing_server_errors,
          text: trans.__('failed: %1', statusName('failing', trans))
        },
        {
          value: rules.warning_server_errors,
          text: trans.__('failed: %1', statusName('warning', trans))
        }
      ];
      const y = numeric('value', {
        // rare errors matter: small shares have room of their own
        scale: { type: 'symlog', constant: 0.005, domain: [0, 1], nice: false },
        axis: leftAxis(trans.__('share of requests'), {
          format: '.0%',
          values: [0, ...limits.map(limit => limit.value), 1]
        })
      });
      const x = timeAxis(buckets, trans.__('time of request (UTC)'));
      return themed(
        {
          width: inner(width),
          height: 150,
          layer: [...limitLayers(limits, y, look), ...lines(rows, names, x, y, look, '.2%')]
        },
        look,
        width
      );
    },
    table: tableOf(
      buckets,
      [
        [names[0], at => refused[at]],
        [names[1], at => failed[at]]
      ],
      trans
    )
  };
}

/** Quantiles of response times, and the model's own median. */
export function responseTimes(health: Health, trans: TranslationBundle): Drawing {
  const buckets = health.buckets ?? [];
  const series = [
    { name: trans.__('99 %'), of: (bucket: HealthBucket) => bucket.response_ms?.p99 ?? null },
    { name: trans.__('95 %'), of: (bucket: HealthBucket) => bucket.response_ms?.p95 ?? null },
    { name: trans.__('half'), of: (bucket: HealthBucket) => bucket.response_ms?.p50 ?? null },
    {
      name: trans.__('model alone, half'),
      of: (bucket: HealthBucket) => bucket.model_ms?.p50 ?? null
    }
  ];
  const milliseconds = (value: number) => trans.__('%1 ms', measure(value));
  const known = series
    .flatMap(one => buckets.map(one.of))
    .filter((value): value is number => value !== null && value > 0);
  const far =
    known.reduce((a, b) => Math.max(a, b), 0) >
    FAR * known.reduce((a, b) => Math.min(a, b), Infinity);
  return {
    name: 'response-times',
    title: trans.__('Response times: so long took at most …'),
    description: series
      .map(one => told(one.name, buckets.map(one.of), milliseconds, trans))
      .join('; '),
    height: 246,
    spec: (width, look) => {
      const names = series.map(one => one.name);
      const rows: Datum[] = buckets.flatMap(bucket =>
        series.map(one => ({ time: middle(bucket), series: one.name, value: one.of(bucket) }))
      );
      const y = numeric('value', {
        scale: far ? { type: 'log', nice: true } : { zero: true, nice: true },
        axis: leftAxis(
          trans.__('response time (ms)'),
          far ? { values: TICKS, labelExpr: 'datum.value' } : { format: '~r' }
        )
      });
      const x = timeAxis(buckets, trans.__('time of request (UTC)'));
      return themed(
        { width: inner(width), height: 170, layer: lines(rows, names, x, y, look, '.4~g') },
        look,
        width
      );
    },
    table: tableOf(
      buckets,
      series.map((one): Column => [trans.__('%1 (ms)', one.name), at => one.of(buckets[at])]),
      trans
    )
  };
}
