// Builds the page. `vite build --mode development` keeps React's development build, with StrictMode's double effects.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [react()] });
