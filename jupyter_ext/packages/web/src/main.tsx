import "@dip/ui/panel.css";
