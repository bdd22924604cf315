// Files of rows: their beginning, their number, their columns.
import { describe, expect, it, vi } from 'vitest';

import { csvStart, RowCounter } from '../src/rows/csv';
import { guess, predictionColumns } from '../src/rows/guess';
import { parquetStart, UNREAD } from '../src/rows/parquet';
import { countRows, peek } from '../src/rows/peek';
import { fileName } from '../src/rows/save';
import type { DeploymentPublic } from '../src/api/types';
import visits from './data/visits.parquet?inline';

// jsdom's blobs are read by its FileReader alone
Blob.prototype.arrayBuffer ??= function (this: Blob) {
  return new Promise<ArrayBuffer>(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.readAsArrayBuffer(this);
  });
};
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
      const counter = new RowCounter();
      for (let at = 0; at < bytes.length; at += size) {
        counter.add(bytes.subarray(at, at + size));
      }
      expect(counter.rows).toBe(3);
    }
    expect(new RowCounter().rows).toBe(0);
  });
});

describe('Parquet', () => {
  const bytes = atob(visits.slice(visits.indexOf(',') + 1));
  const file = Uint8Array.from(bytes, sign => sign.charCodeAt(0));

  it('tells columns, the number of rows and the first of them', async () => {
    // written by pyarrow: a struct, a list and more rows than a group has
    const found = await parquetStart(blob(file), 2);
    expect(found).toMatchObject({ columns: ['visit', 'at', 'place', 'tags', 'größe'], rows: 1000 });
    expect(found.first).toEqual([
      ['v', '2025-03-03T00:00:00.000Z', UNREAD, UNREAD, '1.5'],
      ['v', '2025-03-03T00:00:00.000Z', UNREAD, UNREAD, '1.5']
    ]);
    expect(await peek(blob(file))).toMatchObject({ format: 'parquet', total: 1000 });
    expect((await peek(blob(file))).rows).toHaveLength(10);
  });

  it('reads the end of a file and the beginnings of its columns alone', async () => {
    const whole = blob(file);
    const slice = vi.spyOn(whole, 'slice');
    await parquetStart(whole, 2);
    const [, ...columns] = slice.mock.calls; // the first is of the end
    expect(columns).toHaveLength(3);
    // the first row group ends there
    expect(Math.max(...columns.map(([, end]) => end ?? Infinity))).toBe(543);
  });

  it('says that a damaged file is none', async () => {
    await expect(parquetStart(blob(file.subarray(0, 500)), 2)).rejects.toThrow('end');
    await expect(parquetStart(blob(file.subarray(file.length - 60)), 2)).rejects.toThrow('damaged');
    const broken = file.slice();
    broken.fill(0xff, file.length - 200, file.length - 8);
    await expect(parquetStart(blob(broken), 2)).rejects.toThrow('Parquet');
  });
});

describe('a look into a file', () => {
  it('tells formats by content', async () => {
    expect((await peek(blob('a,b\n1,2\n'))).format).toBe('csv');
    expect((await peek(blob(' [{"a": 1}]'))).format).toBe('json');
    expect((await peek(blob(new Uint8Array([255, 255, 255, 255, 0])))).format).toBe('arrow');
    await expect(peek(blob())).rejects.toThrow('empty');
  });

  it('reads the start of a long file alone', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at},text ${at}`);
    const long = blob(`id,text\n${lines.join('\n')}\n`);
    const found = await peek(long);
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
