import PhashCore
