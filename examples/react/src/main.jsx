import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { StyleSliders } from './StyleSliders.jsx';

createRoot(document.body).render(
  <StrictMode>
    <StyleSliders model="model/" image="drawing.png" />
  </StrictMode>,
);
