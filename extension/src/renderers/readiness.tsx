import type { CommandRegistry } from '@lumino/commands';
import React, { type ReactElement } from 'react';

import { Button } from '../common/button';
import { useWorkbench } from '../common/widget';
import { ReadinessView, subtitleOf, titleOf, VerdictBadge } from '../serving/readinesscard';
import { readReadiness, type IShownReadiness } from './parse';
import type { IOutputKind } from './output';

const OPEN = 'labwright:open-endpoint';

/** What `%promote` shows: the readiness card as it fills, and how far the promotion is. */
export function readinessOutput(commands: CommandRegistry): IOutputKind<IShownReadiness> {
  function View({ data }: { data: IShownReadiness }): ReactElement {
    const { trans } = useWorkbench();
    const { card, step, progress } = data;
    return (
      <div className="lw-Output-body">
        <div className="lw-Output-head">
          <div className="lw-Output-words">
            <div className="lw-Output-title lw-RunOutput-title">
              <span className="lw-ellipsis" title={card.endpoint}>
                {titleOf(card, trans)}
              </span>
              <VerdictBadge verdict={card.verdict} />
            </div>
            <div className="lw-quiet lw-ellipsis">{subtitleOf(card, trans)}</div>
          </div>
          {/* What was only checked may have no endpoint. */}
          {commands.hasCommand(OPEN) && !step && (card.decided === 'go' || card.live) ? (
            <Button
              label={trans.__('Open endpoint')}
              onClick={() => commands.execute(OPEN, { name: card.endpoint })}
            />
          ) : null}
        </div>
        {step ? (
          <div className="lw-Operation">
            <div className="lw-Operation-words" role="status">
              <span className="lw-ellipsis" title={step}>
                {step}
              </span>
            </div>
            <progress max={1} value={progress} aria-label={step} />
          </div>
        ) : null}
        <ReadinessView card={card} />
      </div>
    );
  }
  return { mimeType: 'application/vnd.labwright.readiness.v1+json', read: readReadiness, View };
}
