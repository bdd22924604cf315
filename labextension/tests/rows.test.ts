// Files of rows: their beginning, their number, their columns.
import { describe, expect, it, vi } from 'vitest';

import { csvParts, csvStart, joined, RowScanner } from '../src/rows/csv';
import { guess, onlyOther, predictionColumns } from '../src/rows/guess';
import { type AskParquet, merged, parquetStart } from '../src/rows/parquet';
import { sendRows, summed } from '../src/rows/parts';
import { countRows, peek } from '../src/rows/peek';
import { fileName } from '../src/rows/save';
import { type ProblemError, problemOf } from '../src/api/problems';
import type { DeploymentPublic, ParquetStart } from '../src/api/types';

Blob.prototype.stream ??= function (this: Blob) {
  return new ReadableStream<Uint8Array>({
    start: async controller => {
      controller.enqueue(new Uint8Array(await this.arrayBuffer()));
      controller.close();
    }
  });
};
const blob = (...parts: (string | Uint8Array)[]) => new Blob(parts);

describe('CSV', () => {
  it('reads quotes, commas and ends of lines in fields', () => {
    const text = '\ufeffid,note\r\n1,"a, ""b""\nc"\r\n\r\n2,\r\n';
    expect(csvStart(text, 10, true)).toEqual({
      columns: ['id', 'note'],
      rows: [
        ['1', 'a, "b"\nc'],
        ['2', '']
      ]
    });
  });

  it('leaves out a row that is cut off, and takes the last one of a whole text', () => {
    expect(csvStart('a,b\n1,2\n3,4', 10, false).rows).toEqual([['1', '2']]);
    expect(csvStart('a,b\n1,2\n3,4', 10, true).rows).toEqual([
      ['1', '2'],
      ['3', '4']
    ]);
    expect(csvStart('a,b\n1,2\n3,4\n5,6\n', 2, true).rows).toHaveLength(2);
  });

  it('counts rows whatever the pieces', () => {
    const bytes = new TextEncoder().encode('a,b\r\n1,"x\n\ny"\r\n\r\n2,ü\r\n3,4');
    for (let size = 1; size <= bytes.length; size++) {
      const counter = new RowScanner();
      for (let at = 0; at < bytes.length; at += size) {
        counter.add(bytes.subarray(at, at + size));
      }
      expect(counter.rows).toBe(3);
    }
    expect(new RowScanner().rows).toBe(0);
  });
});

describe('CSV in parts', () => {
  const textOf = async (part: Blob) => new TextDecoder().decode(await part.arrayBuffer());
  const partsOf = async (content: Blob, most: number) => {
    const parts = [];
    for await (const part of csvParts(content, most)) {
      parts.push({ ...part, text: await textOf(part.content) });
    }
    return parts;
  };
  const rowsIn = (parts: { text: string }[]) =>
    parts.flatMap(({ text }) => csvStart(text, 1000, true).rows);

  it.each(['\n', '\r\n', '\r'])('is cut at ends of rows, the header above each (%j)', async end => {
    const lines = [
      '\ufeffid,"no,te"',
      '1,"a ""b"" c"',
      `2,"x${end}${end}y,"`,
      '',
      '3,5" pipe',
      '4,z'
    ];
    for (const last of ['', end]) {
      const content = blob(lines.join(end) + last);
      const whole = csvStart(await textOf(content), 1000, true);
      expect(whole.rows).toHaveLength(4);
      for (let most = 40; most < 90; most += 7) {
        const parts = await partsOf(content, most);
        expect(rowsIn(parts)).toEqual(whole.rows);
        for (const part of parts) {
          expect(csvStart(part.text, 1000, true).columns).toEqual(whole.columns);
          expect(part.content.size).toBeLessThanOrEqual(most);
          expect(csvStart(part.text, 1000, true).rows).toHaveLength(part.rows);
        }
        expect(parts.map(part => part.first)).toEqual(
          parts.map((_, at) => parts.slice(0, at).reduce((sum, part) => sum + part.rows, 0))
        );
      }
      expect(await partsOf(content, 1000)).toHaveLength(1);
    }
  });

  it('says which row is too large', async () => {
    const content = blob(`a\n1\n2\n${'x'.repeat(100)}\n`);
    await expect(partsOf(content, 50)).rejects.toThrow('Row 2 is larger');
  });

  it('has one header again when answers are joined', async () => {
    const answers = ['row,"a\r\nb"\r\n0,x\r\n', 'row,"a\r\nb"\r\n1,y\r\n'];
    expect(await textOf(await joined(answers.map(text => blob(text))))).toBe(
      'row,"a\r\nb"\r\n0,x\r\n1,y\r\n'
    );
  });
});

describe('sending', () => {
  const sending = () => ({
    signal: new AbortController().signal,
    onProgress: vi.fn(),
    onTaken: vi.fn()
  });
  const file = new File(['id\n', ...Array.from({ length: 100 }, (_, at) => `${at}\n`)], 'x.csv');

  it('sums what came of the parts, and tells how far it is', async () => {
    const told = sending();
    const answers = await sendRows(file, 'csv', 100, told, async (content, options, first) => {
      options.onProgress(content.size, content.size);
      const { length } = csvStart(
        new TextDecoder().decode(await content.arrayBuffer()),
        999,
        true
      ).rows;
      return { accepted: length, rejections: [first] };
    });
    expect(answers.length).toBeGreaterThan(2);
    const sum = summed(answers);
    expect(sum.accepted).toBe(100);
    expect(sum.rejections).toHaveLength(answers.length);
    const sent = told.onProgress.mock.calls.map(([done]) => done as number);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(sent[sent.length - 1]).toBe(file.size);
    expect(told.onTaken).toHaveBeenLastCalledWith(100);
  });

  it('sends what is small enough, and other formats, whole', async () => {
    const whole = vi.fn(() => Promise.resolve({}));
    await sendRows(file, 'csv', 1000, sending(), whole);
    await sendRows(file, 'parquet', 100, sending(), whole);
    expect(whole.mock.calls).toHaveLength(2);
    expect(whole).toHaveBeenCalledWith(file, expect.anything(), 0);
  });

  it('says in which part something is wrong, by the rows of the file', async () => {
    const told = sending();
    const failing = sendRows(file, 'csv', 100, told, (_, __, first) =>
      first ? Promise.reject(problemOf(422, '', REFUSED)) : Promise.resolve({})
    );
    const error = await failing.catch((reason: unknown) => reason as ProblemError);
    const taken = told.onTaken.mock.calls[0][0] as number;
    expect(error).toMatchObject({
      detail: `In the part that begins at row ${taken}: no`,
      fields: { row: taken + 3, rejected: [{ row: taken + 4 }] }
    });
    expect(told.onTaken).toHaveBeenCalledTimes(1);
  });
  const REFUSED = JSON.stringify({
    type: 'urn:jupyter-registry:InvalidRows',
    title: 'Rows',
    detail: 'no',
    fields: { row: 3, rejected: [{ row: 4, reason: 'no' }] }
  });
});

describe('Parquet', () => {
  /** Asks nobody: gives the answers in turn, and remembers the requests. */
  function answering(...answers: Partial<ParquetStart>[]) {
    const asked: [number, string, number][] = [];
    const ask: AskParquet = (size, pieces, content) => {
      asked.push([size, pieces, content.size]);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      return Promise.resolve({ columns: ['a'], rows: 7, first: [], wanted: [], ...answer });
    };
    return { asked, ask };
  }
  const long = blob('PAR1', new Uint8Array(1_000_000));

  it('sends the end, then what the server wants of it', async () => {
    const { asked, ask } = answering(
      { wanted: [[900_000, 1_000_004]] },
      {
        wanted: [
          [40_000, 41_000],
          [4, 40_000]
        ]
      },
      { first: [['1']] }
    );
    expect((await parquetStart(ask, long)).first).toEqual([['1']]);
    expect(asked).toEqual([
      [1_000_004, '934468-1000004', 65_536],
      [1_000_004, '900000-1000004', 100_004],
      [1_000_004, '4-41000,900000-1000004', 141_000]
    ]);
  });

  it('sends a small file whole, and asks no more than four times', async () => {
    const { asked, ask } = answering({ wanted: [[0, 4]] });
    await parquetStart(ask, blob('PAR1', new Uint8Array(200_000)));
    expect(asked).toEqual(Array(4).fill([200_004, '0-200004', 200_004]));
  });

  it('is told from other files, and shown as it is answered', async () => {
    const { ask } = answering({ columns: ['a', 'b'], first: [['1', '…']] });
    expect(await peek(long, ask)).toEqual({
      format: 'parquet',
      columns: ['a', 'b'],
      rows: [['1', '…']],
      total: 7
    });
  });

  it('has pieces that touch sent as one', () => {
    expect(merged([[5, 9], [0, 2], [2, 3], [6, 7], [20, 30]])).toEqual([[0, 3], [5, 9], [20, 30]]); // prettier-ignore
  });
});

describe('a look into a file', () => {
  // of other files than Parquet nobody is asked
  const look = (file: Blob) => peek(file, () => Promise.reject(new Error('asked')));

  it('tells formats by content', async () => {
    expect((await look(blob('a,b\n1,2\n'))).format).toBe('csv');
    expect((await look(blob(' [{"a": 1}]'))).format).toBe('json');
    expect((await look(blob(new Uint8Array([255, 255, 255, 255, 0])))).format).toBe('arrow');
    await expect(look(blob())).rejects.toThrow('empty');
  });

  it('reads the start of a long file alone', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at},text ${at}`);
    const long = blob(`id,text\n${lines.join('\n')}\n`);
    const found = await look(long);
    expect(found.rows).toHaveLength(10);
    expect(found.rows[9]).toEqual(['9', 'text 9']);
    expect(await countRows(long)).toBe(20_000);
  });
});

describe('columns', () => {
  const binary = { class_labels: ['no', 'yes'] } as unknown as DeploymentPublic;

  it('are guessed by the usual names, in their order', () => {
    expect(guess(['ID', 'visit'], ['association_id', 'visit', 'id'])).toBe('visit');
    expect(guess(['ID', 'x'], ['association_id', undefined, 'id'])).toBe('ID');
    expect(guess(['x'], ['id', null])).toBe('');
  });

  it('may be the one that is left', () => {
    expect(onlyOther(['visit', 'odd'], ['visit', '', ''])).toBe('odd');
    expect(onlyOther(['visit', 'odd', 'at'], ['visit'])).toBe('');
    expect(onlyOther(['visit'], ['visit'])).toBe('');
  });

  it('of predictions are known by name', () => {
    expect(predictionColumns(binary, ['probability_yes', 'age', 'prediction'])).toEqual([
      'probability_yes',
      'prediction'
    ]);
  });

  it('go into files with plain names', () => {
    expect(fileName('Churn EU / größer!', 'predictions.csv')).toBe(
      'churn-eu-größer-predictions.csv'
    );
    expect(fileName('!!', 'x.csv')).toBe('deployment-x.csv');
  });
});
