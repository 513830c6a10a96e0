"""The page: one file per tab, all texts in `texts`, all looks in `style.css`, all scripts in `page.js`."""
