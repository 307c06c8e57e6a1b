import { CatchBoundary } from '@tanstack/react-router';
import { Children, Fragment, isValidElement, type ReactNode } from 'react';
import { ProblemNote, drawingProblem } from './problem-note.tsx';

/** Each of the children guarded by itself; those of a fragment too. */
export function GuardedEach({ children }: { children: ReactNode }) {
  const parts = isValidElement<{ children: ReactNode }>(children) && children.type === Fragment ? children.props.children : children;
  return Children.map(parts, (part) => (isValidElement(part) ? <Guarded>{part}</Guarded> : part));
}

/** An error in one part of a page is told in its place; the other parts and the frame go on. */
export function Guarded({ children }: { children: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 0} errorComponent={PartProblem} onCatch={(error) => console.error(error)}>
      {children}
    </CatchBoundary>
  );
}

function PartProblem({ error, reset }: { error: unknown; reset: () => void }) {
  return <ProblemNote error={drawingProblem(error)} retry={reset} />;
}
