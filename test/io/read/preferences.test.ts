import { describe, expect, it } from 'vitest';
import { read } from './reading.ts';

const lines = (...rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** What was said, by the texts (or ids) of the candidates. */
async function said(name: string, content: string, others: Readonly<Record<string, string>> = {}) {
  const { joined, files, report } = await read({ [name]: content, ...others });
  const nameOf = (row: number) => joined.texts?.[row] ?? joined.ids[row]!;
  const statements = joined.statements.map((one) => {
    switch (one.kind) {
      case 'pair':
        return [nameOf(one.left), one.verdict, nameOf(one.right), one.strength].filter(
          (x) => x !== undefined,
        );
      case 'ranking':
        return one.shown.map((row, i) => `${one.places[i]} ${nameOf(row)}`);
      case 'rating':
        return [nameOf(one.item), one.score, one.criterion].filter((x) => x !== undefined);
      case 'best':
        return [nameOf(one.best), 'of', ...one.shown.map(nameOf)];
    }
  });
  return { statements, joined, report, file: files[0]! };
}

describe('preferences that people publish', () => {
  it('TRL, implicit: what both begin with is the prompt', async () => {
    const { statements, joined } = await said(
      'x.jsonl',
      lines({ chosen: 'The sky is blue.', rejected: 'The sky is green.' }),
    );
    expect(statements).toEqual([[' blue.', 'left', ' green.']]);
    expect(joined.prompts).toEqual(['The sky is', 'The sky is']);
  });

  it('TRL, conversational, explicit and implicit', async () => {
    const user = { role: 'user', content: 'Why?' };
    const answer = (content: string) => ({ role: 'assistant', content });
    const row = { chosen: [answer('So.')], rejected: [answer('No.')] };
    const explicit = await said('x.jsonl', lines({ prompt: [user], ...row }));
    const implicit = await said(
      'x.jsonl',
      lines({ chosen: [user, ...row.chosen], rejected: [user, ...row.rejected] }),
    );
    for (const { statements, joined, file } of [explicit, implicit]) {
      expect(file.as).toBe('trl');
      expect(statements).toEqual([['So.', 'left', 'No.']]);
      expect(joined.prompts).toEqual(['Why?', 'Why?']);
    }
  });

  it('TRL: margins that only later rows have', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ prompt: 'p', chosen: `c${i}`, rejected: `r${i}` }));
    const { joined } = await said(
      'x.jsonl',
      lines(...rows, { prompt: 'p', chosen: 'c', rejected: 'r', margin: 1 }),
    );
    expect(joined.statements.at(-1)).toMatchObject({ margin: 1, strength: 4 });
  });

  it('TRL, unpaired: the ends of the rating scale', async () => {
    const { statements, file } = await said(
      'x.jsonl',
      lines(
        { prompt: 'p', completion: 'good', label: true },
        { prompt: 'p', completion: 'bad', label: false },
      ),
    );
    expect(file.as).toBe('unpaired');
    expect(statements).toEqual([
      ['good', 5],
      ['bad', 1],
    ]);
  });

  it('UltraFeedback: a ranking by overall score, ratings by aspect', async () => {
    const completion = (response: string, overall_score: number, Rating: string) => ({
      model: 'm',
      response,
      overall_score,
      annotations: { helpfulness: { Rating }, honesty: { Rating: 'N/A' } },
    });
    const { statements, file } = await said(
      'x.jsonl',
      lines({
        source: 's',
        instruction: 'Do',
        completions: [completion('a', 6, '3'), completion('b', 8.5, '5'), completion('c', 6, '2')],
      }),
    );
    expect(file.as).toBe('ultrafeedback');
    expect(statements).toEqual([
      ['a', 3, 'helpfulness'],
      ['b', 5, 'helpfulness'],
      ['c', 2, 'helpfulness'],
      ['2 a', '1 b', '2 c'],
    ]);
  });

  it('HelpSteer3: below 0 the first is better, in three grades', async () => {
    const row = (overall_preference: number) => ({
      domain: 'code',
      context: [{ role: 'user', content: 'Q' }],
      response1: `one ${overall_preference}`,
      response2: `two ${overall_preference}`,
      overall_preference,
    });
    const { statements, joined, file } = await said('x.jsonl', lines(row(-3), row(0), row(1), row(7)));
    expect(statements).toEqual([
      ['one -3', 'left', 'two -3', 4],
      ['one 0', 'tie', 'two 0'],
      ['one 1', 'right', 'two 1', 2],
    ]);
    expect(joined.prompts![0]).toBe('Q');
    expect(file.rejections).toEqual([
      { file: 'x.jsonl', row: 4, reason: 'The preference is “7”; it is a whole number from −3 to 3.' },
    ]);
  });

  it('arena votes, the older layout: lists of turns written as JSON', async () => {
    const csv = [
      'id,model_a,model_b,prompt,response_a,response_b,winner_model_a,winner_model_b,winner_tie',
      '1,m,n,"[""Q1"",""Q2""]","[""A1"",""A2""]","[""B1"",null]",1,0,0',
      '2,m,n,"[""Q""]","[""A""]","[""B""]",0,0,1',
      '3,m,n,"[""Q""]","[""A""]","[""C""]",0,1,0',
      '4,m,n,"[""Q""]","[""A""]","[""D""]",0,0,0',
    ].join('\n');
    const { statements, joined, file } = await said('train.csv', csv);
    expect(file.as).toBe('arena');
    expect(statements).toEqual([
      ['A1\n\nA2', 'left', 'B1'],
      ['A', 'tie', 'B'],
      ['A', 'right', 'C'],
    ]);
    expect(joined.prompts![0]).toBe('Q1\n\nQ2');
    expect(file.rejections).toMatchObject([{ row: 4, reason: 'None of the outcomes is marked.' }]);
  });

  it('arena votes, the newer layout: conversations and a winner', async () => {
    const turns = (answer: string) => [
      { role: 'user', content: 'Q' },
      { role: 'assistant', content: answer },
    ];
    const row = (winner: string) => ({
      model_a: 'm',
      model_b: 'n',
      judge: 'u1',
      winner,
      conversation_a: turns(`A ${winner}`),
      conversation_b: turns(`B ${winner}`),
    });
    const { statements, joined, file } = await said(
      'x.json',
      JSON.stringify([row('model_a'), row('model_b'), row('tie'), row('tie (bothbad)')], null, 2),
    );
    expect(file.as).toBe('arena');
    expect(statements.map(([, verdict]) => verdict)).toEqual(['left', 'right', 'tie', 'both-bad']);
    expect(joined.prompts![0]).toBe('Q');
    expect(joined.statements[0]).toMatchObject({ annotator: 'u1' });
  });
});

const points = 'id,text,e1,e2\na,Anna,0,1\nb,Ben,1,0\nc,Carl,2,2\n';

describe('simple tables', () => {
  it.each([
    ['ids', 'chosen_id,rejected_id\na,b\nc,a\n'],
    ['ids under plain names', 'chosen,rejected\na,b\nc,a\n'],
    ['texts', 'chosen,rejected\nAnna,Ben\nCarl,Anna\n'],
    ['ids and a winner by name', 'a,b,winner\na,b,a\na,c,c\n'],
    ['tabs', 'chosen\trejected\na\tb\nc\ta\n'],
    ['semicolons', 'chosen;rejected\na;b\nc;a\n'],
    ['models and a winner', 'model_a,model_b,winner\na,b,model_a\nc,a,left\n'],
  ])('pairs by %s', async (_what, csv) => {
    const { statements } = await said('votes.csv', csv, { 'points.csv': points });
    const winners = statements.map(([left, verdict, right]) =>
      verdict === 'left' ? [left, right] : [right, left],
    );
    expect(winners).toEqual([
      ['Anna', 'Ben'],
      ['Carl', 'Anna'],
    ]);
  });

  it('rankings: a list best first, ranks beside a list, one answer a row', async () => {
    const first = await said('x.jsonl', lines({ prompt: 'p', ranking: ['c', ['a', 'b']] }), {
      'points.csv': points,
    });
    expect(first.statements).toEqual([['1 Carl', '2 Anna', '2 Ben']]);
    const beside = await said('x.jsonl', lines({ responses: ['a', 'b', 'c'], ranks: [2, 3, 1] }), {
      'points.csv': points,
    });
    expect(beside.statements).toEqual([['2 Anna', '3 Ben', '1 Carl']]);
    const rows = await said('x.csv', 'ranking,id,rank\n1,a,2\n2,a,1\n1,b,3\n1,c,1\n2,b,1\n', {
      'points.csv': points,
    });
    expect(rows.statements).toEqual([
      ['2 Anna', '3 Ben', '1 Carl'],
      ['Anna', 'tie', 'Ben'],
    ]);
  });

  it('ratings, put on the page’s scale where theirs is another', async () => {
    const own = await said('x.csv', 'id,score\na,1\nb,4.5\n', { 'points.csv': points });
    expect(own.statements).toEqual([
      ['Anna', 1],
      ['Ben', 4.5],
    ]);
    const other = await said('x.csv', 'id,score\na,0\nb,10\nc,5\n', { 'points.csv': points });
    expect(other.statements.map(([, score]) => score)).toEqual([1, 5, 3]);
    expect(other.file.notes.join()).toMatch(/from 0 to 10/);
  });

  it('ratings with a column for each criterion', async () => {
    const { statements } = await said('x.csv', 'prompt,response,helpfulness,coherence\np,r,3,4\n');
    expect(statements).toEqual([
      ['r', 3, 'helpfulness'],
      ['r', 4, 'coherence'],
    ]);
  });

  it('a winner that is nobody is rejected, with the row', async () => {
    const { file } = await said('x.csv', 'a,b,winner\na,b,a\na,b,zebra\n', { 'points.csv': points });
    expect(file).toMatchObject({ taken: 1, rejected: 1 });
    expect(file.rejections[0]).toMatchObject({ row: 2, reason: expect.stringMatching(/“zebra”/) as string });
  });
});

describe('mappings', () => {
  it('columns that no layout knows are named by hand, and the file is read again', async () => {
    const files = { 'v.csv': 'besser;schlechter\na;b\n', 'points.csv': points };
    const before = await read(files);
    expect(before.joined.statements).toEqual([]);
    expect(before.files[0]!.columns.map(({ name }) => name)).toEqual(['besser', 'schlechter']);
    const { joined, files: reports } = await read(files, {
      'v.csv': { as: 'pairs', roles: { chosenId: ['besser'], rejectedId: ['schlechter'] } },
    });
    expect(joined.statements).toMatchObject([{ left: 0, right: 1, verdict: 'left' }]);
    expect(reports[0]!.roles.find(({ name }) => name === 'chosenId')!.columns).toEqual(['besser']);
  });

  it('a file can be left aside', async () => {
    const { joined, files } = await read({ 'points.csv': points }, { 'points.csv': { as: 'ignore' } });
    expect(joined.ids).toEqual([]);
    expect(files[0]!.summary).toBe('Left aside.');
  });

  it('which columns are the embedding', async () => {
    const { joined } = await read({ 'points.csv': points }, { 'points.csv': { roles: { vector: ['e2'] } } });
    expect(joined.vectors).toMatchObject({ dimension: 1, values: Float32Array.of(1, 0, 2) });
  });

  it('whether the first row names the columns', async () => {
    const table = '1,2\n3,4\n';
    expect((await read({ 'x.csv': table })).joined.ids).toHaveLength(2);
    expect((await read({ 'x.csv': table }, { 'x.csv': { header: true } })).joined.ids).toHaveLength(1);
  });
});
