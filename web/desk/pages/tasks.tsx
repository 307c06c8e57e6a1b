/** What waits for a person, because its provider has no API that does it: what to do, and the form to fill in when it is done. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../kit/api/client.ts';
import type { PersonTask, PersonTaskField } from '../../kit/api/generated/person-task.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';

export function TasksPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/tasks');
  const tasks = useQuery({
    queryKey: ['tasks'],
    queryFn: ({ signal }) => api.listTasks({ query: { status: 'waiting', limit: 100 }, signal }),
    refetchInterval: 5_000,
    enabled: session !== undefined && mayNot === null,
  });
  return (
    <Page title="Tasks" lead="Steps that a person does, because the provider has no API for them. Each goes on when its form is sent.">
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {tasks.error && <ProblemNote error={tasks.error} retry={() => void tasks.refetch()} />}
      {tasks.isLoading && <Loading what="tasks" />}
      {tasks.data?.tasks.length === 0 && <p className="text-ink-2">Nothing waits for a person.</p>}
      {tasks.data?.tasks.map((task) => (
        <Task key={task.id} task={task} />
      ))}
    </Page>
  );
}

function Task({ task }: { task: PersonTask }) {
  const mayNot = rightProblem(useSession(), 'task:answer');
  const [values, setValues] = useState<Record<string, string>>({});
  const answer = useAction((answers: Record<string, string>) => api.answerTask({ id: task.id, body: { answers } }), { quiet: true });
  const wrong = new Map(answer.error ? asApiError(answer.error).errors.map((each) => [each.field, each]) : []);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    answer.mutate(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));
  };
  return (
    <Card
      title={task.title}
      actions={
        <span className="flex items-center gap-2">
          <Time at={task.asked_at} />
          <RowMenu name={task.title}>
            <OpenItem to={`/vps/${task.vps_id}`}>Open its VPS</OpenItem>
            <OpenItem to={`/operations/${task.operation_id}`}>Open its operation</OpenItem>
            <CopyItem text={task.id} what="id" />
          </RowMenu>
        </span>
      }
    >
      <p className="break-words whitespace-pre-wrap">{task.text}</p>
      <form onSubmit={send} className="mt-3 grid gap-3">
        {task.form.map((field) => (
          <Answer
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            error={wrong.get(`answers.${field.name}`)}
            onValue={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {answer.error && <ProblemNote error={answer.error} />}
        <Button type="submit" variant="primary" busy={answer.isPending} disabledReason={mayNot} className="justify-self-start">
          It is done
        </Button>
      </form>
    </Card>
  );
}

function Answer({
  field,
  value,
  error,
  onValue,
}: {
  field: PersonTaskField;
  value: string;
  error: { rule: string; remedy: string } | undefined;
  onValue: (value: string) => void;
}) {
  const label = field.required ? field.label : `${field.label} (optional)`;
  const shared = { label, help: field.help === '' ? undefined : field.help, error, value, name: field.name };
  if (field.type === 'choice') {
    const options = [{ value: '', label: '' }, ...(field.choices ?? [])];
    return <SelectField {...shared} options={options} onChange={(event) => onValue(event.target.value)} />;
  }
  if (field.type === 'long-text') return <TextArea {...shared} onChange={(event) => onValue(event.target.value)} />;
  const type = field.type === 'secret' ? 'password' : field.type === 'date' ? 'date' : 'text';
  return <TextField {...shared} type={type} autoComplete="off" onChange={(event) => onValue(event.target.value)} />;
}
