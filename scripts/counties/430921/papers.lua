return papers { county_review_opinion = { zh = "县级复核意见书", en = "County review opinion", article = 49 } }
