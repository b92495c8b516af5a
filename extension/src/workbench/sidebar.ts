import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { PanelWithToolbar, SidePanel, ToolbarButton } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { AccordionPanel, Widget } from '@lumino/widgets';

import { labwrightIcon } from '../common/icons';
import type { ISection, IWorkbench } from '../common/tokens';
import { PanelWidget } from '../common/widget';
import { share } from './share';

/** The side bar's tab: an accordion with a section per capability, each as high as what is in it. */
export class Sidebar extends SidePanel {
  constructor(
    translator: ITranslator,
    trans: TranslationBundle,
    private readonly onShown: () => void
  ) {
    super({ translator });
    this.id = 'labwright-sidebar';
    this.title.icon = labwrightIcon;
    this.title.caption = trans.__('Labwright');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Labwright'));
    this.addClass('lw-Sidebar');
    this.accordion.expansionToggled.connect(() => this.arrange());
    // Who has drawn a border wants it where it is.
    this.accordion.handleMoved.connect(() => (this.drawn = true));
  }

  /** Put a section in its place. */
  add(section: ISection, workbench: IWorkbench): void {
    const panel = new PanelWithToolbar();
    panel.id = sectionId(section.id);
    panel.addClass('lw-Section');
    panel.title.label = section.title;
    panel.toolbar.addClass('lw-Section-toolbar');
    for (const { label, icon, onClick } of section.buttons ?? []) {
      panel.toolbar.addItem(label, new ToolbarButton({ icon, tooltip: label, onClick }));
    }
    const body = new PanelWidget(workbench, section.body);
    panel.addWidget(body);
    this.changes.observe(body.node, { childList: true, subtree: true, characterData: true });
    const index = this.ranks.filter(rank => rank <= section.rank).length;
    this.ranks.splice(index, 0, section.rank);
    this.insertWidget(index, panel);
  }

  /** Open a section. */
  reveal(id: string): void {
    const index = this.accordion.widgets.findIndex(widget => widget.id === sectionId(id));
    if (index >= 0) {
      this.accordion.expand(index);
    }
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.onShown();
    this.arrange();
  }

  protected onResize(message: Widget.ResizeMessage): void {
    super.onResize(message);
    this.arrange();
  }

  private get accordion(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  private arrange(): void {
    window.cancelAnimationFrame(this.frame);
    this.frame = window.requestAnimationFrame(() => {
      const { widgets } = this.accordion;
      const open = widgets.filter(widget => !widget.isHidden);
      if (this.drawn || !this.isVisible || !open.length) {
        return;
      }
      const room = open.reduce((sum, widget) => sum + widget.node.offsetHeight, 0);
      const heights = share(open.map(heightOf), room);
      this.accordion.setRelativeSizes(widgets.map(widget => heights[open.indexOf(widget)] ?? 0));
    });
  }

  private readonly ranks: number[] = [];
  private readonly changes = new MutationObserver(() => this.arrange());
  private drawn = false;
  private frame = 0;
}

const sectionId = (id: string): string => `labwright-section-${id}`;

/** What a section would take without scrolling. */
function heightOf(section: Widget): number {
  const body = section.node.querySelector('.lw-Panel');
  const last = body?.lastElementChild;
  return body && last
    ? Math.ceil(last.getBoundingClientRect().bottom - body.getBoundingClientRect().top + body.scrollTop)
    : 0;
}
