import { PanelWithToolbar, SidePanel, ToolbarButton } from '@jupyterlab/ui-components';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { labwrightIcon } from '../common/icons';
import type { ISection, IWorkbench } from '../common/tokens';
import { PanelWidget } from '../common/widget';

/** The side bar's tab: an accordion with a section per capability. */
export class Sidebar extends SidePanel {
  constructor(translator: ITranslator, trans: TranslationBundle) {
    super({ translator });
    this.id = 'labwright-sidebar';
    this.title.icon = labwrightIcon;
    this.title.caption = trans.__('Labwright');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Labwright'));
    this.addClass('lw-Sidebar');
  }

  /** Put a section in its place. */
  add(section: ISection, workbench: IWorkbench): void {
    const panel = new PanelWithToolbar();
    panel.id = `labwright-section-${section.id}`;
    panel.addClass('lw-Section');
    panel.title.label = section.title;
    panel.toolbar.addClass('lw-Section-toolbar');
    for (const { label, icon, onClick } of section.buttons ?? []) {
      panel.toolbar.addItem(label, new ToolbarButton({ icon, tooltip: label, onClick }));
    }
    panel.addWidget(new PanelWidget(workbench, section.body));
    const index = this.ranks.filter(rank => rank <= section.rank).length;
    this.ranks.splice(index, 0, section.rank);
    this.insertWidget(index, panel);
  }

  private readonly ranks: number[] = [];
}
