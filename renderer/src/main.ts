import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './client/connection.ts';
import { Appearance } from './state/appearance.svelte.ts';
import { Notices } from './state/notices.svelte.ts';
import { Studio } from './state/studio.svelte.ts';
import './theme/tokens.css';
import './theme/base.css';

const connection = connect(window.studio, window);
const studio = new Studio(connection, new Notices(), new Appearance(connection, localStorage));
mount(App, { target: document.body, props: { studio } });
