import type { Locator, Page } from 'playwright-core';

/** The panel of the node that is open in n8n's editor, as a person uses it. */
export class NodePanel {
  private readonly panel: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.getByTestId('ndv');
  }

  async fillConversation(id: string): Promise<void> {
    await this.panel.getByTestId('parameter-input-conversationId').locator('input').fill(id);
  }

  async chooseFromList(entry: string): Promise<void> {
    await this.chooseMode('list');
    await this.panel.getByTestId('rlc-input').click();
    await this.page.getByTestId('rlc-item').filter({ hasText: entry }).click();
  }

  /** Chooses how to say which participant is meant. */
  async chooseMode(mode: 'purpose' | 'list' | 'id'): Promise<void> {
    await this.panel.getByTestId('rlc-mode-selector').click();
    await this.page.getByTestId(`mode-${mode}`).click();
  }

  /** What the list of participants shows in place of participants. */
  async complaintOfList(): Promise<string> {
    await this.panel.getByTestId('rlc-input').click();
    const shown = this.page.getByTestId('rlc-error-container');
    await shown.waitFor();
    return (await shown.textContent()) ?? '';
  }

  /** Whether a parameter, or a setting of a collection, is there. */
  async shows(name: string): Promise<boolean> {
    return await this.panel.getByText(name, { exact: true }).first().isVisible();
  }

  /** The settings that a collection offers to add. */
  async offered(collection: string): Promise<string[]> {
    const parameter = this.panel.getByTestId('parameter-item').filter({ hasText: collection });
    await parameter.last().getByTestId('collection-parameter-add').click();
    // Those of the other collections are there, too, but not to be seen.
    const options = this.page.locator('[data-test-id=collection-parameter-option]:visible');
    await options.first().waitFor();
    const names = await options.allTextContents();
    await this.page.keyboard.press('Escape');
    return names.map((name) => name.trim());
  }

  async addAttribute(name: string, value: string): Promise<void> {
    await this.panel.getByText('Add Field').click();
    await this.panel.getByTestId('assignment-name').locator('input').fill(name);
    await this.fillAttributeValue(value);
  }

  async fillAttributeValue(value: string): Promise<void> {
    await this.panel.getByTestId('assignment-value').locator('input, textarea').first().fill(value);
  }

  /** Adds one of the settings of a collection. */
  async addToCollection(collection: string, setting: string): Promise<void> {
    const parameter = this.panel.getByTestId('parameter-item').filter({ hasText: collection });
    await parameter.last().getByTestId('collection-parameter-add').click();
    await this.page.getByTestId('collection-parameter-option').filter({ hasText: setting }).click();
  }

  /** Chooses from the dropdown of a parameter. */
  async choose(parameter: string, option: string): Promise<void> {
    await this.panel.getByTestId(`parameter-input-${parameter}`).click();
    await this.page.getByRole('option', { name: option }).first().click();
  }

  /** Presses the button; what comes of it shows in the output panel after a while. */
  async execute(): Promise<void> {
    await this.panel.getByTestId('node-execute-button').click();
  }

  async showJson(): Promise<void> {
    await this.outputPanel.getByTestId('radio-button-json').click();
  }

  /** What the output panel shows, as soon as that text is in it. */
  async outputWith(text: string): Promise<string> {
    const shown = this.outputPanel.filter({ hasText: text });
    await shown.waitFor();
    return (await shown.textContent()) ?? '';
  }

  async close(): Promise<void> {
    await this.page.getByTestId('ndv-close-button').click();
  }

  private get outputPanel(): Locator {
    return this.panel.getByTestId('output-panel');
  }
}
